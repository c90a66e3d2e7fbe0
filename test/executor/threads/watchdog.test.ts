import { expect, test } from "vitest";
import { recordSleep, TASK_SLEEPING, TASK_WAITING } from "../../../src/executor/threads/blocked_table.ts";
import { LOOK_MS } from "../../../src/executor/threads/got_time.ts";
import { abort, ABORT_HUNG } from "../../../src/executor/threads/abort.ts";
import type { HangReport } from "../../../src/executor/threads/hang_report.ts";
import { lockOwner } from "../../../src/executor/lock_owner.ts";
import { MainRunner } from "../../../src/executor/threads/main_runner.ts";
import { Watchdog } from "../../../src/executor/threads/watchdog.ts";
import { muster } from "../../fixtures/threads/crew.ts";
import { Box, receive, send, takeBoth, TestMachine } from "../../fixtures/threads/machine.ts";

/** Watch a machine with a short patience; the report, once there is one. */
function watch(machine: TestMachine): Promise<HangReport> {
  return new Promise((resolve) => {
    const thread = machine.thread();
    new Watchdog({
      thread,
      hungTaskSeconds: 0.2,
      nameOf: (addr) => machine.layout.nameOf(addr),
      taskName: (id) => `cpu${id}`,
      readersOf: () => 0,
      ownerOf: lockOwner(machine.layout, machine.words, ["test_lock"]),
      onHang: (report) => {
        abort(thread.words, thread.state, ABORT_HUNG);
        resolve(report);
      },
    }).start();
  });
}

test("a deadlock between main and a worker is reported while main is inside its wait, and all are stopped", async () => {
  const crew = await muster({ gpus: 1, workers: 2 });
  const { machine, workers } = crew;
  try {
    const hang = watch(machine);
    const others = Promise.allSettled([
      workers[0].call((api) => api.takeBoth(2, 1, 0)),
      workers[1].call((api) => api.runGpu(0, 3, 0, 0)), // an engine without work is not hung
    ]);
    const task = machine.task(1, "cpu1");
    const main = new MainRunner(machine.thread(), task, 1).run(takeBoth(task, machine.lock(0), machine.lock(1), machine.lock(3)));
    await expect(main).rejects.toMatchObject({ name: "AbortError", reason: ABORT_HUNG });
    for (const outcome of await others) {
      expect(outcome).toMatchObject({ status: "rejected", reason: { name: "AbortError", message: "run stopped: hung" } });
    }
    const report = await hang;
    expect(report.cycles.map((cycle) => cycle.toSorted())).toEqual([["cpu1", "cpu2"]]);
    expect(report.tasks.toSorted((a, b) => a.name.localeCompare(b.name))).toMatchObject([
      { name: "cpu1", waitsFor: "lock1.arch.state", holder: "cpu2", holderDoes: "is blocked" },
      { name: "cpu2", waitsFor: "lock0.arch.state", holder: "cpu1", holderDoes: "is blocked" },
    ]);
  } finally {
    await crew.dismiss();
  }
});

test("main that waits for an answer nobody gives is a hang", async () => {
  const crew = await muster({ gpus: 1, workers: 0 });
  const { machine } = crew;
  try {
    const hang = watch(machine);
    const task = machine.task(1, "cpu1");
    const main = new MainRunner(machine.thread(), task, 1);
    await main.run(send(task, machine.boxes[0], 1));
    await expect(main.run(receive(task, machine.boxes[0], 1))).rejects.toMatchObject({ reason: ABORT_HUNG });
    const report = await hang;
    expect(report).toMatchObject({ cycles: [], tasks: [{ name: "cpu1", waitsFor: "gpu0.answer", holder: null }] });
  } finally {
    await crew.dismiss();
  }
});

/** A machine one of whose tasks sleeps, and a watchdog whose time passes as the test says. */
function rig(progress?: () => number) {
  const machine = TestMachine.boot(1, 2);
  const { words, state } = machine;
  let ms = 0;
  const watchdog = new Watchdog({
    thread: machine.thread(),
    hungTaskSeconds: 5,
    host: { nowUs: () => ms * 1000, waitedUs: () => new Map() },
    nameOf: (addr) => machine.layout.nameOf(addr),
    taskName: (id) => `cpu${id}`,
    readersOf: () => 0,
    ownerOf: lockOwner(machine.layout, words, ["test_lock"]),
    ...(progress === undefined ? {} : { progress }),
    onHang: () => undefined,
  });
  const pass = (looks: number) => {
    for (let i = 0; i < looks; i++) {
      ms += LOOK_MS;
      const report = watchdog.check();
      if (report !== null) return report;
    }
    return null;
  };
  const sleep = (taskState: number, sinceUs: number) =>
    recordSleep(words, state, 1, taskState, machine.boxes[0] + Box.answer, 0, sinceUs);
  return { pass, sleep, stop: () => void (ms += 60_000) };
}

test("a task that is blocked is hung when the process has had the time, however long it stood still", () => {
  const { pass, sleep, stop } = rig();
  sleep(TASK_WAITING, 1000);
  expect(pass(8)).toBeNull();
  stop();
  expect(pass(8)).toBeNull();
  expect(pass(8)).toMatchObject({ tasks: [{ name: "cpu1", waitsFor: "gpu0.answer" }] });
});

test("a task that falls asleep anew now and then is not hung", () => {
  const { pass, sleep } = rig();
  for (let times = 1; times < 6; times++) {
    sleep(TASK_WAITING, times * 1000);
    expect(pass(16)).toBeNull();
  }
});

test("a machine that does not get on is hung, though its tasks look again and again", () => {
  let steps = 0;
  const { pass, sleep } = rig(() => steps);
  sleep(TASK_SLEEPING, 1000);
  for (; steps < 5; steps++) expect(pass(16)).toBeNull();
  expect(pass(40)).toMatchObject({ tasks: [{ name: "cpu1", waitsFor: "what does not come: it looks again and again" }] });
});
