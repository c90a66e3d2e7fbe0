import { expect, test } from "vitest";
import {
  TASK_IDLE,
  TASK_RUNNING,
  TASK_SLEEPING,
  TASK_WAITING,
  type TaskState,
} from "../../../src/executor/threads/blocked_table.ts";
import { hangReport, type BlockedTask, type HangView } from "../../../src/executor/threads/hang_report.ts";

const NAMES: Record<number, string> = { 0: "nobody", 1: "cpu1", 2: "cpu2", 3: "gpu0.engine", 4: "cpu4" };
const MMAP_LOCK = 100;
const USER_LOCK = 110;
const WAIT_QUEUE = 120;
const DOORBELL = 130;
const WORDS: Record<number, string> = {
  [MMAP_LOCK]: "mm_struct#0.mmap_lock.count",
  [USER_LOCK]: "gpu0.user_lock.arch.state",
  [WAIT_QUEUE]: "subscriptions#0.wq.wakeups",
  [DOORBELL]: "gpu0.doorbell",
};

const idle = (id: number): TaskState => ({ id, state: TASK_IDLE, futex: 0, expected: 0, sinceMs: 0 });
const waiting = (id: number, futex: number, seconds: number, expected = 0): TaskState => ({
  id,
  state: TASK_WAITING,
  futex,
  expected,
  sinceMs: 60_000 - seconds * 1000,
});

function view(tasks: TaskState[], owners: Record<number, number>): HangView {
  return {
    words: new Int32Array(256),
    tasks: [0, 1, 2, 3, 4].map((id) => tasks.find((task) => task.id === id) ?? idle(id)),
    nowUs: 60_000_000,
    nameOf: (addr) => WORDS[addr],
    taskName: (id) => NAMES[id],
    ownerOf: (addr) => owners[addr] ?? 0,
    readersOf: (addr) => (addr === MMAP_LOCK && owners[addr] === undefined ? 3 : 0),
    isIdle: (_, addr) => addr === DOORBELL,
  };
}

function inShort({ name, waitsFor, holder, holderDoes, forMs }: BlockedTask): string {
  const held = holder === null ? "nobody" : `${holder}, which ${holderDoes}`;
  return `${name}: ${waitsFor} of ${held}, ${(forMs / 1000).toFixed(1)} s`;
}

test("a deadlock of two, and somebody who waits for one of them", () => {
  const report = hangReport(
    view([waiting(1, MMAP_LOCK, 12.3), waiting(2, USER_LOCK, 12.1), waiting(4, MMAP_LOCK, 0.4), waiting(3, DOORBELL, 50)], {
      [MMAP_LOCK]: 2,
      [USER_LOCK]: 1,
    }),
  );
  expect(report.cycles).toEqual([["cpu1", "cpu2"]]);
  expect(report.tasks.map(inShort)).toEqual([
    "cpu1: mm_struct#0.mmap_lock.count of cpu2, which is blocked, 12.3 s",
    "cpu2: gpu0.user_lock.arch.state of cpu1, which is blocked, 12.1 s",
    "cpu4: mm_struct#0.mmap_lock.count of cpu2, which is blocked, 0.4 s",
  ]);
});

test("a task that waits for itself", () => {
  const report = hangReport(view([waiting(1, MMAP_LOCK, 10)], { [MMAP_LOCK]: 1 }));
  expect(report.cycles).toEqual([["cpu1"]]);
});

test("a circle is found from a task that is not part of it", () => {
  const report = hangReport(
    view([waiting(4, MMAP_LOCK, 30), waiting(2, USER_LOCK, 12), waiting(1, WAIT_QUEUE, 11)], {
      [MMAP_LOCK]: 2,
      [USER_LOCK]: 1,
      [WAIT_QUEUE]: 2,
    }),
  );
  expect(report.cycles).toEqual([["cpu2", "cpu1"]]);
});

test("a hang: what holders do, and a word that changed behind a sleeper's back", () => {
  const hang = view(
    [
      waiting(1, MMAP_LOCK, 10.04),
      waiting(4, WAIT_QUEUE, 3, 5),
      waiting(3, USER_LOCK, 2),
      { id: 2, state: TASK_SLEEPING, futex: 7, expected: 0, sinceMs: 0 },
    ],
    { [MMAP_LOCK]: 2, [USER_LOCK]: 9 },
  );
  hang.words[WAIT_QUEUE] = 6;
  const report = hangReport({ ...hang, taskName: (id) => NAMES[id] ?? `task${id}` });
  expect(report.cycles).toEqual([]);
  expect(report.tasks.map(inShort)).toEqual([
    "cpu1: mm_struct#0.mmap_lock.count of cpu2, which sleeps, 10.0 s",
    "cpu4: subscriptions#0.wq.wakeups of nobody, 3.0 s",
    "gpu0.engine: gpu0.user_lock.arch.state of task9, which has gone, 2.0 s",
  ]);
  expect(report.tasks.map(({ overslept }) => overslept)).toEqual([null, { from: 5, to: 6 }, null]);
});

test("a holder that runs", () => {
  const report = hangReport(
    view([waiting(1, MMAP_LOCK, 11), { id: 2, state: TASK_RUNNING, futex: 0, expected: 0, sinceMs: 0 }], { [MMAP_LOCK]: 2 }),
  );
  expect(report.tasks[0]).toMatchObject({ holder: "cpu2", holderDoes: "runs" });
});

test("readers are counted: a semaphore does not know who they are", () => {
  const report = hangReport(view([waiting(1, MMAP_LOCK, 11)], {}));
  expect(report).toMatchObject({ cycles: [], tasks: [{ name: "cpu1", holder: "3 readers", holderDoes: null }] });
});
