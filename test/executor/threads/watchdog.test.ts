import { expect, test } from "vitest";
import { abort, ABORT_HUNG } from "../../../src/executor/threads/abort.ts";
import type { HangReport } from "../../../src/executor/threads/hang_report.ts";
import { lockOwner } from "../../../src/executor/lock_owner.ts";
import { MainRunner } from "../../../src/executor/threads/main_runner.ts";
import { Watchdog } from "../../../src/executor/threads/watchdog.ts";
import { muster } from "../../fixtures/threads/crew.ts";
import { receive, send, takeBoth, type TestMachine } from "../../fixtures/threads/machine.ts";

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
