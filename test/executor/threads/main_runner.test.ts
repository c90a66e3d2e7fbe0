import { expect, test } from "vitest";
import { abort, ABORT_INTERRUPTED } from "../../../src/executor/threads/abort.ts";
import { MainRunner } from "../../../src/executor/threads/main_runner.ts";
import { cpuRelax, futexWait } from "../../../src/machine/futex.ts";
import { TIMED_OUT, WOKEN, type Run } from "../../../src/machine/step.ts";
import { TestLock, TestMachine } from "../../fixtures/threads/machine.ts";

function main() {
  const machine = TestMachine.boot(0, 4);
  const thread = machine.thread();
  const task = machine.task(1, "cpu0");
  return { machine, thread, task, runner: new MainRunner(thread, task, 1), lock: machine.lock(0) };
}

test("the event loop turns while main waits: a timer can wake it", async () => {
  const { machine, task, runner, thread, lock } = main();
  const addr = lock + TestLock.count;
  setTimeout(() => {
    Atomics.store(machine.words, addr, 7);
    thread.wake(addr, 1);
  }, 20);
  const how = await runner.run(futexWait(task, lock, TestLock.count, 0, task.nowUs() + 30_000_000));
  expect(how).toBe(WOKEN);
  expect(machine.words[addr]).toBe(7);
});

test("a futex is a real one: a change that nobody announces wakes nobody, not even between turns", async () => {
  const { machine, task, runner, lock } = main();
  setTimeout(() => Atomics.store(machine.words, lock + TestLock.count, 7), 15);
  const how = await runner.run(futexWait(task, lock, TestLock.count, 0, task.nowUs() + 400_000));
  expect(machine.words[lock + TestLock.count]).toBe(7);
  expect(how).toBe(TIMED_OUT);
});

test("the event loop turns while main is busy", async () => {
  const { runner } = main();
  let isTimeUp = false;
  setTimeout(() => {
    isTimeUp = true;
  }, 5);
  await runner.run(
    (function* (): Run<void> {
      while (!isTimeUp) yield* cpuRelax();
    })(),
  );
});

test("an abort from the event loop ends main's wait", async () => {
  const { task, runner, thread, lock } = main();
  setTimeout(() => abort(thread.words, thread.state, ABORT_INTERRUPTED), 15);
  await expect(runner.run(futexWait(task, lock, TestLock.count, 0))).rejects.toMatchObject({ reason: ABORT_INTERRUPTED });
});
