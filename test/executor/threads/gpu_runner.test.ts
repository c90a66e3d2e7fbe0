import { expect, test } from "vitest";
import { abort, ABORT_FINISHED, ABORT_HUNG, AbortError } from "../../../src/executor/threads/abort.ts";
import { GpuRunner } from "../../../src/executor/threads/gpu_runner.ts";
import { readRecord, TASK_WAITING, type TaskState } from "../../../src/executor/threads/blocked_table.ts";
import { FutexBucket, GpuWorker, ThreadsControl } from "../../../src/executor/threads/state.ts";
import { fetchAdd, readOnce } from "../../../src/machine/access.ts";
import { chance, cpuRelax, futexWait, futexWake, sleepUntil } from "../../../src/machine/futex.ts";
import { TIMED_OUT, type Run } from "../../../src/machine/step.ts";
import type { Task } from "../../../src/machine/task.ts";
import { Box, TestLock, TestMachine } from "../../fixtures/threads/machine.ts";

/** A GPU whose worker is this very thread: its tasks must end, or be stopped by one of them. */
function gpu(bodies: Record<string, (task: Task, machine: TestMachine) => Run<unknown>>) {
  const machine = TestMachine.boot(2, 16);
  const thread = machine.thread(0);
  const runner = new GpuRunner(thread, 1);
  let id = 1;
  for (const [name, body] of Object.entries(bodies)) {
    const task = machine.task(id++, name);
    runner.add(task, body(task, machine));
  }
  return { machine, thread, runner };
}

const ROUNDS = 500;

/** Wait for one's number on `answer` to come up, then call the next one's. */
function* inTurn(task: Task, machine: TestMachine, self: number, of: number): Run<void> {
  const box = machine.boxes[0];
  for (let n = self; n < ROUNDS; n += of) {
    for (;;) {
      const now = yield* readOnce(task, box, Box.answer);
      if (now === n) break;
      yield* futexWait(task, box, Box.answer, now, task.nowUs() + 5_000_000);
    }
    yield* fetchAdd(task, box, Box.answer, 1);
    yield* futexWake(task, box, Box.answer);
  }
}

test("tasks of one GPU wake each other", () => {
  const { machine, runner } = gpu({
    a: (task, m) => inTurn(task, m, 0, 3),
    b: (task, m) => inTurn(task, m, 1, 3),
    c: (task, m) => inTurn(task, m, 2, 3),
  });
  runner.run();
  expect(machine.words[machine.boxes[0] + Box.answer]).toBe(ROUNDS);
});

test("runnable tasks take turns, whether they relax or not", () => {
  const counts = [0, 0, 0];
  function* polling(index: number): Run<void> {
    for (; counts[index] < 10_000; counts[index]++) yield* cpuRelax();
  }
  function* drawing(task: Task, index: number): Run<void> {
    for (; counts[0] < 10_000; counts[index]++) yield* chance(task, 50, "heads");
  }
  const { runner } = gpu({ a: () => polling(0), b: () => polling(1), greedy: (task) => drawing(task, 2) });
  runner.run();
  expect(counts[0]).toBe(10_000);
  expect(counts[1]).toBe(10_000);
  expect(counts[2]).toBeGreaterThan(10_000); // 64 steps a turn
  expect(counts[2]).toBeLessThanOrEqual(64 * 10_001);
});

test("every deadline is met late, never early, while other tasks sleep for longer", () => {
  const ended = new Set<string>();
  function* sleeper(task: Task, sleepUs: number): Run<void> {
    const deadlineUs = task.nowUs() + sleepUs;
    yield* sleepUntil(task, deadlineUs);
    expect(task.nowUs()).toBeGreaterThanOrEqual(deadlineUs);
    ended.add(task.name);
  }
  function* waiter(task: Task, machine: TestMachine): Run<void> {
    const deadlineUs = task.nowUs() + 3_000;
    expect(yield* futexWait(task, machine.boxes[0], Box.answer, 0, deadlineUs)).toBe(TIMED_OUT);
    expect(task.nowUs()).toBeGreaterThanOrEqual(deadlineUs);
    ended.add(task.name);
  }
  const { runner } = gpu({
    long: (task) => sleeper(task, 20_000),
    waiter,
    short: (task) => sleeper(task, 100),
    past: (task) => sleeper(task, -100),
  });
  runner.run();
  expect(ended).toEqual(new Set(["past", "short", "waiter", "long"]));
});

test("a futex is a real one: a change that nobody announces wakes nobody, whatever else makes the worker look", () => {
  function* sleeper(task: Task, machine: TestMachine): Run<void> {
    expect(yield* futexWait(task, machine.boxes[0], Box.answer, 0, task.nowUs() + 20_000)).toBe(TIMED_OUT);
  }
  function* careless(task: Task, machine: TestMachine): Run<void> {
    yield* fetchAdd(task, machine.boxes[0], Box.answer, 1);
    for (let i = 0; i < 10; i++) {
      yield* sleepUntil(task, task.nowUs() + 500);
      yield* fetchAdd(task, machine.boxes[0], Box.doorbell, 1);
      yield* futexWake(task, machine.boxes[0], Box.doorbell);
    }
  }
  const { runner } = gpu({ sleeper, careless });
  runner.run();
});

test("a wait outside of the GPU is counted while it lasts, and its wake-up is heard", () => {
  let seenWhileWaiting = 0;
  function* stranger(task: Task, machine: TestMachine): Run<void> {
    while ((yield* readOnce(task, machine.lock(0), TestLock.count)) === 0) {
      yield* futexWait(task, machine.lock(0), TestLock.count, 0, task.nowUs() + 5_000_000);
    }
  }
  function* waker(task: Task, machine: TestMachine): Run<void> {
    seenWhileWaiting = machine.words[machine.state.gpuWorker(0) + GpuWorker.strangers];
    yield* fetchAdd(task, machine.lock(0), TestLock.count, 1);
    yield* futexWake(task, machine.lock(0), TestLock.count);
  }
  const { machine, runner } = gpu({ stranger, waker });
  runner.run();
  expect(seenWhileWaiting).toBe(1);
  expect(machine.words[machine.state.gpuWorker(0) + GpuWorker.strangers]).toBe(0);
  expect(machine.words[machine.state.bucketOf(machine.lock(0) + TestLock.count) + FutexBucket.strangers]).toBe(0);
  expect(machine.words[machine.state.control + ThreadsControl.awake]).toBe(0);
});

test("a task that hangs while another keeps the worker busy is on record", () => {
  let record: TaskState | null = null;
  function* busy(machine: TestMachine): Run<void> {
    for (let i = 0; i < 3_000; i++) yield* cpuRelax();
    record = readRecord(machine.words, machine.state, 1);
    abort(machine.words, machine.state, ABORT_FINISHED);
  }
  const { machine, runner } = gpu({
    hung: (task, m) => futexWait(task, m.lock(0), TestLock.count, 0),
    busy: (_, m) => busy(m),
  });
  runner.run();
  expect(record).toMatchObject({ state: TASK_WAITING, futex: machine.lock(0) + TestLock.count, expected: 0 });
});

test("a GPU is done when the run is over, although its tasks wait", () => {
  const { thread, runner } = gpu({
    idle: (task, m) => futexWait(task, m.boxes[0], Box.doorbell, 0),
    // eslint-disable-next-line require-yield
    *last(): Run<void> {
      abort(thread.words, thread.state, ABORT_FINISHED);
    },
  });
  runner.run();
});

test("any other stop comes out of the runner", () => {
  const { thread, runner } = gpu({
    idle: (task, m) => futexWait(task, m.boxes[0], Box.doorbell, 0),
    *last(): Run<void> {
      abort(thread.words, thread.state, ABORT_HUNG);
      yield* cpuRelax();
    },
  });
  expect(() => runner.run()).toThrow(AbortError);
});
