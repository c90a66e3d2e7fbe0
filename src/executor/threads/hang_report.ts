import { TASK_IDLE, TASK_RUNNING, TASK_WAITING, type TaskState } from "./blocked_table.ts";
import type { OwnerOf } from "../lock_owner.ts";

/** Who waited for what when the machine stood still. */
export interface HangReport {
  /** Tasks wait for each other's locks in a circle, or not that anybody could see. */
  readonly kind: "deadlock" | "hang";
  /** The circle's tasks, each waiting for the next and the last one for the first; empty if there is none. */
  readonly circle: readonly BlockedTask[];
  /** All that are blocked, longest first. */
  readonly blocked: readonly BlockedTask[];
}

export interface BlockedTask {
  readonly name: string;
  /** The lock or futex word: `mm_struct#0.mmap_lock.count`. */
  readonly waitsFor: string;
  /** Name of the task that holds the lock, and what that task does; null if it is no lock or has no known holder. */
  readonly holder: { readonly name: string; readonly does: "runs" | "is blocked" | "sleeps" | "has gone" } | null;
  /** How many hold it for reading; of these it is not known who they are. */
  readonly readers: number;
  readonly seconds: number;
  /** Value of the word when the task fell asleep, and now. If they differ, nobody has woken the task since the change. */
  readonly expected: number;
  readonly value: number;
}

/** What a report needs to know of the machine. */
export interface HangView {
  readonly words: Int32Array;
  /** The records of all tasks, by id. */
  readonly tasks: readonly TaskState[];
  readonly nowUs: number;
  nameOf(addr: number): string;
  taskName(id: number): string;
  readonly ownerOf: OwnerOf;
  /** How many hold the lock whose word this is for reading; 0 if it is none. */
  readersOf(addr: number): number;
  /** A wait that may last: a hardware engine without work, a fault service without faults. */
  isIdle(taskId: number, addr: number): boolean;
}

/** Tasks that sleep on a futex for somebody else to do something. */
export function blockedTasks(view: HangView): TaskState[] {
  return view.tasks
    .filter((task) => task.state === TASK_WAITING && !view.isIdle(task.id, task.futex))
    .toSorted((a, b) => a.sinceMs - b.sinceMs || a.id - b.id);
}

export function hangReport(view: HangView): HangReport {
  const blocked = blockedTasks(view);
  const circle = findCircle(blocked, view.ownerOf);
  return {
    kind: circle.length > 0 ? "deadlock" : "hang",
    circle: circle.map((task) => describe(task, view)),
    blocked: blocked.map((task) => describe(task, view)),
  };
}

/** Every blocked task waits for at most one holder, so a circle is found by walking until somebody is met twice. */
function findCircle(blocked: readonly TaskState[], ownerOf: OwnerOf): TaskState[] {
  const byId = new Map(blocked.map((task) => [task.id, task]));
  for (const start of blocked) {
    const path: TaskState[] = [];
    let task: TaskState | undefined = start;
    while (task !== undefined) {
      const met = path.indexOf(task);
      if (met >= 0) return path.slice(met);
      path.push(task);
      task = byId.get(ownerOf(task.futex));
    }
  }
  return [];
}

function describe(task: TaskState, view: HangView): BlockedTask {
  const owner = view.ownerOf(task.futex);
  return {
    name: view.taskName(task.id),
    waitsFor: view.nameOf(task.futex),
    holder: owner === 0 ? null : { name: view.taskName(owner), does: whatDoes(view.tasks[owner]) },
    readers: view.readersOf(task.futex),
    seconds: (view.nowUs / 1000 - task.sinceMs) / 1000,
    expected: task.expected,
    value: Atomics.load(view.words, task.futex),
  };
}

function whatDoes(task: TaskState | undefined): "runs" | "is blocked" | "sleeps" | "has gone" {
  if (task === undefined || task.state === TASK_IDLE) return "has gone";
  if (task.state === TASK_RUNNING) return "runs";
  return task.state === TASK_WAITING ? "is blocked" : "sleeps";
}
