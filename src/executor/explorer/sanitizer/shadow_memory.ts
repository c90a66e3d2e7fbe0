import { ACQUIRE, addrOf, FUTEX_WAKE, kindOf, READ_ONCE, STEP_NAMES, type Step } from "../../../machine/step.ts";
import type { Task } from "../../../machine/task.ts";
import { hasAddress } from "../engine/dependence.ts";
import type { Failure } from "../engine/failure.ts";

/** State of an object. */
const NEVER = 0;
const LIVE = 1;
const FREED = 2;
/**
 * Freed, but those who walk without a lock may still look: they find poison, and learn from a sequence number that it is void.
 */
const FREED_WALKABLE = 3;

/**
 * Which objects of shared memory exist: what KASAN is to the kernel. Words that belong to no managed object, as those of
 * structures that are there from boot to the end, may be touched at any time.
 *
 * What is learnt outside of executions (at boot) is the state from which each execution begins.
 */
export class ShadowMemory {
  readonly #words: number;
  /** Number of the object that a word belongs to; 0 none. */
  readonly #objectOf: Int32Array;
  readonly #base: number[] = [0];
  readonly #size: number[] = [0];
  readonly #state: number[] = [LIVE];
  readonly #initial: number[] = [LIVE];
  readonly #history: History[] = [NO_HISTORY];
  /** Objects whose state this execution has changed. */
  readonly #changed: number[] = [];
  #isRunning = false;

  /** @param words size of the memory */
  constructor(words: number) {
    this.#words = words;
    this.#objectOf = new Int32Array(words);
  }

  /** From now on watch `count` objects of `size` words each, side by side from `base`. None exists yet. */
  manage(base: number, size: number, count: number): void {
    for (let i = 0; i < count; i++) {
      const object = this.#base.push(base + i * size) - 1;
      this.#size.push(size);
      this.#state.push(NEVER);
      this.#initial.push(NEVER);
      this.#history.push(NO_HISTORY);
      this.#objectOf.fill(object, base + i * size, base + (i + 1) * size);
    }
  }

  /** An execution begins, from what was when the first one began. */
  begin(): void {
    this.#isRunning = true;
    for (const object of this.#changed) {
      this.#state[object] = this.#initial[object];
      this.#history[object] = NO_HISTORY;
    }
    this.#changed.length = 0;
  }

  /** The object at `base` was allocated in step number `step`. */
  allocated(task: Task, base: number, step: number, stack: readonly string[]): void {
    this.#set(this.#objectOf[base], LIVE, { allocated: { task: task.name, step, stack }, freed: null });
  }

  /** The object at `base` was freed in step number `step`. @param isWalkable marked reads may still come by */
  freed(task: Task, base: number, step: number, stack: readonly string[], isWalkable = false): void {
    const object = this.#objectOf[base];
    const { allocated } = this.#history[object];
    this.#set(object, isWalkable ? FREED_WALKABLE : FREED, { allocated, freed: { task: task.name, step, stack } });
  }

  /** Number of the object that the word belongs to, 0 if none. */
  objectAt(addr: number): number {
    return this.#objectOf[addr];
  }

  /** First word and one past the last of an object. */
  extent(object: number): { readonly base: number; readonly end: number } {
    return { base: this.#base[object], end: this.#base[object] + this.#size[object] };
  }

  /** What is wrong with an access that has just been made, in words of which `nameOf` knows the names; null if nothing. */
  check(task: Task, step: Step, stack: readonly string[], nameOf: (addr: number) => string): Failure | null {
    if (!hasAddress(step)) return null;
    const addr = addrOf(step);
    if (addr === 0 || addr >= this.#words) return outOfBounds(task, step, `word ${addr}, where no memory is`, stack);
    const object = this.#objectOf[addr];
    const state = this.#state[object];
    if (state === LIVE) return null;
    const kind = kindOf(step);
    if (kind === FUTEX_WAKE) return null; // does not look at the word: who signals may wake after the object is gone
    if (state === NEVER) return outOfBounds(task, step, `${nameOf(addr)}, which nobody has allocated`, stack);
    if (state === FREED_WALKABLE && (kind === READ_ONCE || kind === ACQUIRE)) return null;
    return useAfterFree(task, step, nameOf(addr), this.#history[object], stack);
  }

  #set(object: number, state: number, history: History): void {
    if (object === 0) return;
    this.#state[object] = state;
    this.#history[object] = history;
    if (this.#isRunning) this.#changed.push(object);
    else this.#initial[object] = state;
  }
}

/** Who did something to an object, in which step, and through which functions if that was recorded. */
interface Deed {
  readonly task: string;
  readonly step: number;
  readonly stack: readonly string[];
}

/** Null: before the execution. */
interface History {
  readonly allocated: Deed | null;
  readonly freed: Deed | null;
}

const NO_HISTORY: History = { allocated: null, freed: null };

function outOfBounds(task: Task, step: Step, where: string, stack: readonly string[]): Failure {
  return {
    kind: "out-of-bounds",
    rule: "out-of-bounds",
    message: `${task.name}: ${STEP_NAMES[kindOf(step)]} of ${where}`,
    task: task.name,
    details: stack.map(indented),
  };
}

function useAfterFree(task: Task, step: Step, name: string, { allocated, freed }: History, stack: readonly string[]): Failure {
  const by = freed === null ? "" : `, freed by ${freed.task}`;
  return {
    kind: "use-after-free",
    rule: "use-after-free",
    message: `${task.name}: ${STEP_NAMES[kindOf(step)]} of ${name}${by}`,
    task: task.name,
    details: [...stack.map(indented), ...told("allocated", allocated), ...told("freed", freed)],
  };
}

function told(what: string, deed: Deed | null): string[] {
  if (deed === null) return [`${what} before the execution`];
  return [`${what} by ${deed.task} in step ${deed.step}`, ...deed.stack.map(indented)];
}

function indented(line: string): string {
  return `  ${line}`;
}
