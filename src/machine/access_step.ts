import { stepOf, type Run, type Step } from "./step.ts";
import type { Task } from "./task.ts";
import { stepText, ToolError } from "./tool_error.ts";

/** What an access does when its time has come. */
export const LOAD = 0;
export const STORE = 1;
export const COMPARE_EXCHANGE = 2;
export const EXCHANGE = 3;
export const ADD = 4;
export const OR = 5;
export const AND = 6;
export const PLAIN_LOAD = 7;
export const PLAIN_STORE = 8;
export const PLAIN_LOAD_64 = 9;
export const PLAIN_STORE_64 = 10;
/** Nothing: the words are looked at or changed by whoever announced it. */
export const ANNOUNCE = 11;

/** Where an access is on its way: there is none, or it is over. */
const IDLE = 0;
/** Made, and `yield*` has not begun to run it. */
const MADE = 1;
/** Its step was yielded. A task given up here, as at the end of an execution, may begin another access. */
const ANNOUNCED = 2;

/**
 * One access of a task to shared memory, as `yield*` runs it: announced to an interleaving executor, then carried out. A
 * generator function could do the same, but there are more accesses than anything else: each task has one of these and uses it
 * over and over, so that an access allocates nothing. The price: an access has to be run before the next one is made, and once.
 */
export class AccessStep {
  readonly #task: Task;
  readonly #words: Int32Array;
  readonly #result: { done: boolean; value: number } = { done: false, value: 0 };
  #operation = ANNOUNCE;
  #step: Step = 0;
  #addr = 0;
  #value = 0;
  #expected = 0;
  #state = IDLE;

  constructor(task: Task) {
    this.#task = task;
    this.#words = task.words;
  }

  /**
   * The access of `kind` (a step's) to the word `addr`; run it before the task begins another.
   *
   * @throws ToolError if the last one was not run
   */
  begin<T>(kind: number, operation: number, addr: number, value = 0, expected = 0): Run<T> {
    if (this.#state === MADE) this.#refuse(stepOf(kind, addr));
    this.#operation = operation;
    this.#step = stepOf(kind, addr);
    this.#addr = addr;
    this.#value = value;
    this.#expected = expected;
    this.#state = MADE;
    return this as unknown as Run<T>;
  }

  [Symbol.iterator](): this {
    return this;
  }

  next(): { done: boolean; value: number } {
    const result = this.#result;
    if (this.#state === MADE && this.#task.interleaved) {
      this.#state = ANNOUNCED;
      result.done = false;
      result.value = this.#step;
    } else {
      if (this.#state === IDLE) this.#refuseAgain();
      this.#state = IDLE;
      result.done = true;
      result.value = this.#carryOut();
    }
    return result;
  }

  #carryOut(): number {
    const words = this.#words;
    const addr = this.#addr;
    switch (this.#operation) {
      case LOAD:
        return Atomics.load(words, addr);
      case STORE:
        return Atomics.store(words, addr, this.#value);
      case COMPARE_EXCHANGE:
        return Atomics.compareExchange(words, addr, this.#expected, this.#value);
      case EXCHANGE:
        return Atomics.exchange(words, addr, this.#value);
      case ADD:
        return Atomics.add(words, addr, this.#value);
      case OR:
        return Atomics.or(words, addr, this.#value);
      case AND:
        return Atomics.and(words, addr, this.#value);
      case PLAIN_LOAD:
        return words[addr];
      case PLAIN_STORE:
        return (words[addr] = this.#value);
      case PLAIN_LOAD_64:
        return peekAddr(words, addr);
      case PLAIN_STORE_64:
        pokeAddr(words, addr, this.#value);
    }
    return 0;
  }

  #refuse(next: Step): never {
    const last = this.#step;
    this.#state = IDLE; // the task may be given another body
    throw new ToolError(
      `${this.#task.name}: an access was made before the last one was awaited by yield*: ${stepText(next)} before ` +
        `${stepText(last)}`,
    );
  }

  #refuseAgain(): never {
    throw new ToolError(`${this.#task.name}: an access was awaited twice: ${stepText(this.#step)}`);
  }
}

/** The process address at `addr`, looked at without a step. */
export function peekAddr(words: Int32Array, addr: number): number {
  return (words[addr + 1] >>> 0) * 0x1_0000_0000 + (words[addr] >>> 0);
}

export function pokeAddr(words: Int32Array, addr: number, value: number): void {
  words[addr] = value | 0; // ToInt32 keeps the low 32 bits of any whole number below 2^53
  words[addr + 1] = (value / 0x1_0000_0000) | 0;
}
