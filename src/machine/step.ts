/**
 * A step: what a task is about to do to shared memory, as one small integer.
 *
 * Protocol code is written as generators. Each `yield` hands the executor a step, immediately *before* the access
 * that it names; whatever the executor lets other tasks do meanwhile, the access follows when the generator goes on.
 * A step holds the kind of access in its low four bits and the word's index above, so that looking at a task's next
 * step allocates nothing. docs/steps.md says what each executor owes to each kind.
 */

/** A generator of protocol code: yields steps, is answered with a number (see the primitive), returns a `T`. */
export type Run<T> = Generator<Step, T, number>;

/** Kind of access (low 4 bits) and word index (upper bits). */
export type Step = number;

/** Marked read: `READ_ONCE`, or a read-modify-write that turned out to be only a read. */
export const READ_ONCE = 0;
/** Marked write: `WRITE_ONCE`. */
export const WRITE_ONCE = 1;
/** Atomic read-modify-write: cmpxchg, xchg, fetch-add. */
export const RMW = 2;
/** Load with acquire semantics. */
export const ACQUIRE = 3;
/** Store with release semantics. */
export const RELEASE = 4;
/** Plain read: must be ordered by some lock, else it is a data race. */
export const READ = 5;
/** Plain write. */
export const WRITE = 6;
/** Sleep while the word holds `task.expected`, until woken or `task.deadlineUs`. Answer: {@link WOKEN} or {@link TIMED_OUT}. */
export const FUTEX_WAIT = 7;
/** Wake up to `task.count` tasks that sleep on the word. */
export const FUTEX_WAKE = 8;
/** Sleep until `task.deadlineUs`. */
export const SLEEP = 9;
/** A decision that is not the program's: true with `task.percent`. Answer: 1 or 0. */
export const CHOICE = 10;
/** Nothing to do just now (a polling loop); let another task of this processor go first. */
export const RELAX = 11;
/** Kept for a step that one executor alone knows, and defines: the explorer's AWAIT. */
export const EXECUTOR_STEP = 12;

export const STEP_NAMES = [
  "READ_ONCE",
  "WRITE_ONCE",
  "RMW",
  "ACQUIRE",
  "RELEASE",
  "READ",
  "WRITE",
  "FUTEX_WAIT",
  "FUTEX_WAKE",
  "SLEEP",
  "CHOICE",
  "RELAX",
  "AWAIT",
] as const;

/** Answer to FUTEX_WAIT: the word differed, or the task was woken (perhaps spuriously: look again). */
export const WOKEN = 0;
/** Answer to FUTEX_WAIT: the deadline passed. */
export const TIMED_OUT = 1;

/** Addresses stay below this, so that a step is a 31-bit integer: 2^27 words are 512 MiB. */
export const MAX_WORDS = 2 ** 27;

/** The step that accesses word `addr` in the way `kind`. */
export function stepOf(kind: number, addr: number): Step {
  return (addr << 4) | kind;
}

export function kindOf(step: Step): number {
  return step & 15;
}

/** The word (index) that the step is about; 0 for SLEEP, CHOICE and RELAX. */
export function addrOf(step: Step): number {
  return step >>> 4;
}
