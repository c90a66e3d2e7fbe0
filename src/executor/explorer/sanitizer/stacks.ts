import { addrOf, type Run } from "../../../machine/step.ts";
import type { Task } from "../../../machine/task.ts";
import { Engine, type Thread } from "../engine/engine.ts";

/** What is known of a step beyond its kind and word. */
export interface Witness {
  /** The functions of the task, innermost first. */
  readonly stack: readonly string[];
  /** What the word held before and after. */
  readonly before: number;
  readonly after: number;
}

/**
 * An engine that remembers of every step through which functions the task came to it, and what it did to its word. Far too slow
 * to hunt with; a failing schedule is replayed on it, and then sanitizers say what they know of both sides.
 *
 * Where a task is can only be seen while it runs, so the stack of a step is taken when the task announces it: every accessor
 * looks at `task.interleaved` just before, every futex call sets its operands.
 */
export class StackEngine extends Engine {
  readonly #announced = new Map<Task, readonly string[]>();
  readonly #witnesses: Witness[] = [];

  override reset(): void {
    super.reset();
    this.#announced.clear();
    this.#witnesses.length = 0;
  }

  override spawn(task: Task, body: Run<unknown>): Thread {
    this.#watch(task);
    return super.spawn(task, body);
  }

  override step(thread: Thread): void {
    const addr = addrOf(thread.next);
    const stack = this.#announced.get(thread.task) ?? [];
    const before = this.words[addr];
    super.step(thread);
    this.#witnesses[this.steps] = { stack, before, after: this.words[addr] };
  }

  /** Of step number `step`, from 1. */
  witness(step: number): Witness | undefined {
    return this.#witnesses[step];
  }

  #watch(task: Task): void {
    const note = () => this.#announced.set(task, currentStack());
    let interleaved = task.interleaved;
    Object.defineProperty(task, "interleaved", {
      configurable: true, // a task may come again in another execution
      get() {
        note();
        return interleaved;
      },
      set(next: boolean) {
        interleaved = next;
      },
    });
    for (const operand of ["expected", "count"] as const) {
      let value = task[operand];
      Object.defineProperty(task, operand, {
        configurable: true,
        get: () => value,
        set(next: number) {
          note();
          value = next;
        },
      });
    }
  }
}

/** What is known of step number `step`; null unless the engine remembers. */
export function witnessOf(engine: Engine, step: number): Witness | null {
  return engine instanceof StackEngine ? (engine.witness(step) ?? null) : null;
}

/** The functions that led here, if the engine is one that remembers. */
export function stackNow(engine: Engine): readonly string[] {
  return engine instanceof StackEngine ? currentStack() : [];
}

/** More than protocol code ever nests. */
const MAX_FRAMES = 200;

/**
 * The protocol's functions that are running, innermost first: those frames that V8 resumed one through the other, along `yield*`.
 */
function currentStack(): readonly string[] {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = MAX_FRAMES;
  const lines = (new Error().stack ?? "").split("\n");
  Error.stackTraceLimit = limit;
  return lines
    .filter((_, i) => lines[i + 1]?.endsWith(".next (<anonymous>)") === true)
    .map((line) => /at (?:[\w$]+\.)?([\w$]+)/.exec(line)?.[1] ?? "?");
}
