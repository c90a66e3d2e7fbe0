import { expect, test } from "vitest";
import { abort, ABORT_INTERRUPTED, AbortError } from "../../../src/executor/threads/abort.ts";
import { CpuRunner } from "../../../src/executor/threads/cpu_runner.ts";
import { readRecord, TASK_IDLE } from "../../../src/executor/threads/blocked_table.ts";
import { ThreadsControl } from "../../../src/executor/threads/state.ts";
import { chance, cpuRelax, futexWait, futexWake, sleepUntil } from "../../../src/machine/futex.ts";
import { READ, stepOf, TIMED_OUT, WOKEN, type Run } from "../../../src/machine/step.ts";
import { muster } from "../../fixtures/threads/crew.ts";
import { TestLock, TestMachine } from "../../fixtures/threads/machine.ts";

function cpu() {
  const machine = TestMachine.boot(0, 4);
  const thread = machine.thread();
  const task = machine.task(1, "cpu1");
  const runner = new CpuRunner(thread, task, 1);
  return { machine, thread, task, runner };
}

test("a word that differs ends a wait at once; a deadline ends it late, never early", () => {
  const { machine, task, runner } = cpu();
  const lock = machine.lock(0);
  runner.run(
    (function* () {
      expect(yield* futexWait(task, lock, TestLock.count, 1)).toBe(WOKEN);
      for (const waitUs of [-5, 0, 10, 60, 200, 2500]) {
        const deadlineUs = task.nowUs() + waitUs;
        expect(yield* futexWait(task, lock, TestLock.count, 0, deadlineUs)).toBe(TIMED_OUT);
        expect(task.nowUs()).toBeGreaterThanOrEqual(deadlineUs);
      }
    })(),
  );
});

test("a sleep ends late, never early", () => {
  const { task, runner } = cpu();
  runner.run(
    (function* () {
      for (const sleepUs of [-5, 0, 10, 60, 200, 2500]) {
        const deadlineUs = task.nowUs() + sleepUs;
        yield* sleepUntil(task, deadlineUs);
        expect(task.nowUs()).toBeGreaterThanOrEqual(deadlineUs);
      }
    })(),
  );
});

test("waking nobody, relaxing and drawing lots go straight through; the result comes back", () => {
  const { machine, task, runner } = cpu();
  const result = runner.run(
    (function* (): Run<number> {
      yield* futexWake(task, machine.lock(0), TestLock.count);
      yield* cpuRelax();
      let yes = 0;
      for (let i = 0; i < 100; i++) yes += (yield* chance(task, 50, "heads")) ? 1 : 0;
      return yes;
    })(),
  );
  expect(result).toBeGreaterThan(20);
  expect(result).toBeLessThan(80);
});

test("what the task throws comes out, and the thread is counted out again", () => {
  const { machine, task, thread, runner } = cpu();
  expect(() =>
    runner.run(
      (function* (): Run<void> {
        yield* cpuRelax();
        throw new RangeError(`${task.name} failed`);
      })(),
    ),
  ).toThrow("cpu1 failed");
  expect(machine.words[machine.state.control + ThreadsControl.awake]).toBe(0);
  expect(readRecord(thread.words, thread.state, task.id).state).toBe(TASK_IDLE);
});

test("an interleaved task's steps are refused", () => {
  const { runner } = cpu();
  expect(() =>
    runner.run(
      (function* (): Run<void> {
        yield stepOf(READ, 40);
      })(),
    ),
  ).toThrow("cpu1 yielded READ");
});

test("a stopped machine runs no further step; the task is abandoned, not resumed", () => {
  const { machine, thread, runner } = cpu();
  abort(thread.words, thread.state, ABORT_INTERRUPTED);
  let isResumed = false;
  expect(() =>
    runner.run(
      (function* (): Run<void> {
        try {
          yield* futexWait(machine.task(1, "cpu1"), machine.lock(0), TestLock.count, 0);
        } finally {
          isResumed = true;
        }
      })(),
    ),
  ).toThrow(AbortError);
  expect(isResumed).toBe(false);
});

test("an abort ends a wait in another thread", async () => {
  const crew = await muster({ gpus: 0, workers: 2 });
  try {
    const { machine, workers } = crew;
    const waits = [workers[0].call((api) => api.waitForEver(1)), workers[1].call((api) => api.waitForEver(2))];
    await Promise.all(workers.map((_, i) => untilBlocked(machine, i + 1)));
    abort(machine.words, machine.state, ABORT_INTERRUPTED);
    for (const outcome of await Promise.allSettled(waits)) {
      expect(outcome).toMatchObject({ status: "rejected", reason: { name: "AbortError", message: "run stopped: interrupted" } });
    }
    expect(crew.deaths).toEqual([]);
  } finally {
    await crew.dismiss();
  }
});

/** Until a task sleeps; bounded by the test's own time limit. */
async function untilBlocked(machine: TestMachine, taskId: number): Promise<void> {
  while (readRecord(machine.words, machine.state, taskId).state < 2) {
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
  }
}
