import { TASK_IDLE, TASK_RUNNING, TASK_SLEEPING, TASK_WAITING, type TaskState } from "./blocked_table.ts";
import type { OwnerOf } from "../lock_owner.ts";

/** Who waited for what when the machine stood still. Plain data: reports are made of it as it is. */
export interface HangReport {
  /** All that are blocked, longest first. */
  readonly tasks: readonly BlockedTask[];
  /**
   * Names of tasks that wait for each other's locks in a circle, each for the next and the last one for the first; empty if none
   * can be seen.
   */
  readonly cycles: readonly (readonly string[])[];
}

export interface BlockedTask {
  readonly name: string;
  /** The lock or futex word: `mm_struct#0.mmap_lock.count`. */
  readonly waitsFor: string;
  /**
   * Task that holds the lock, or `3 readers`, of which it is not known who they are; null if it is no lock or has no known
   * holder.
   */
  readonly holder: string | null;
  /** What that task does, as in `is blocked`; null if that is not known. */
  readonly holderDoes: string | null;
  readonly forMs: number;
  /**
   * Value of the word when the task fell asleep, and now, no wake-up having come since the change; null if it is still the same.
   */
  readonly overslept: { readonly from: number; readonly to: number } | null;
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

/** @param stillMs how long nothing has got on, if that is why: then also who asks again and again */
export function hangReport(view: HangView, stillMs = 0): HangReport {
  const blocked = blockedTasks(view);
  const circle = findCircle(blocked, view.ownerOf);
  return {
    tasks: [
      ...blocked.map((task) => describe(task, view)),
      ...(stillMs === 0 ? [] : restlessTasks(view).map((task) => restless(view.taskName(task.id), stillMs, task.state))),
    ],
    cycles: circle.length === 0 ? [] : [circle.map(({ id }) => view.taskName(id))],
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
  const value = Atomics.load(view.words, task.futex);
  return {
    name: view.taskName(task.id),
    waitsFor: view.nameOf(task.futex),
    holder: owner === 0 ? readersText(view.readersOf(task.futex)) : view.taskName(owner),
    holderDoes: owner === 0 ? null : whatDoes(view.tasks[owner]),
    forMs: Math.round(view.nowUs / 1000 - task.sinceMs),
    overslept: value === task.expected ? null : { from: task.expected, to: value },
  };
}

/** Tasks that are busy, though nothing comes of it. */
function restlessTasks(view: HangView): TaskState[] {
  return view.tasks.filter(
    (task) => (task.state === TASK_RUNNING || task.state === TASK_SLEEPING) && !view.isIdle(task.id, task.futex),
  );
}

/** A task that comes to no end. @param state TASK_* */
export function restless(name: string, forMs: number, state = TASK_RUNNING): BlockedTask {
  const waitsFor =
    state === TASK_SLEEPING ? "what does not come: it looks again and again" : "nothing: it runs and does not come to its end";
  return { name, waitsFor, holder: null, holderDoes: null, forMs: Math.round(forMs), overslept: null };
}

function readersText(readers: number): string | null {
  if (readers === 0) return null;
  return readers === 1 ? "1 reader" : `${readers} readers`;
}

function whatDoes(task: TaskState | undefined): string {
  if (task === undefined || task.state === TASK_IDLE) return "has gone";
  if (task.state === TASK_RUNNING) return "runs";
  return task.state === TASK_WAITING ? "is blocked" : "sleeps";
}
