import {
  ACQUIRE,
  addrOf,
  FUTEX_WAIT,
  kindOf,
  READ,
  READ_ONCE,
  RELEASE,
  RMW,
  WRITE,
  WRITE_ONCE,
  type Step,
} from "../../../machine/step.ts";
import { AWAIT } from "../engine/await.ts";
import type { Engine } from "../engine/engine.ts";
import { Clocks, MAX_THREADS } from "./clocks.ts";

/**
 * Data races by happens-before, as FastTrack finds them, over the kernel's kinds of access, as KCSAN tells them apart.
 *
 * Two accesses to a word, one of them plain, one of them a write, race unless one happens before the other. Marked accesses do
 * not race among themselves. What orders:
 *
 * - RELEASE, and what an ACQUIRE or a read-modify-write of the word then finds; further read-modify-writes pass it on, any other
 *   write ends it;
 * - a read-modify-write that changed the word: acquire and release. One that did not: acquire;
 * - AWAIT, the small programs' lock and join: like a read-modify-write;
 * - a spawn and the new thread, a futex wake and whom it woke.
 *
 * READ_ONCE and WRITE_ONCE order nothing, nor does time. To allocate an object is a plain write to all of its words, and so is to
 * free it.
 */
export class DataRace {
  readonly #objectAt: (addr: number) => number;
  readonly #clocks: Clocks;
  /** By object: who allocated it in this execution. */
  readonly #allocations = new Map<number, Allocation>();
  /** Number of the history of a word that was touched in this execution; 0 none. */
  readonly #historyOf: Int32Array;
  readonly #touched: number[] = [];
  /** For each history and kind of use: the threads that used the word so, as bits. */
  #users = new Int32Array(FIRST_CAPACITY * USES);
  /** For each history, kind of use and thread: the thread's epoch, and the number of the step. */
  #epochs = new Int32Array(FIRST_CAPACITY * USES * MAX_THREADS);
  #steps = new Int32Array(FIRST_CAPACITY * USES * MAX_THREADS);

  /**
   * @param words size of the memory
   * @param objectAt number of the object that a word belongs to, 0 if to none
   */
  constructor(words: number, objectAt: (addr: number) => number) {
    this.#objectAt = objectAt;
    this.#clocks = new Clocks(words);
    this.#historyOf = new Int32Array(words);
  }

  /** An execution begins. */
  begin(): void {
    for (const addr of this.#touched) this.#historyOf[addr] = 0;
    this.#touched.length = 0;
    this.#allocations.clear();
    this.#clocks.clear();
  }

  /** The engine's last step: the race that it is one side of, or null. */
  stepped(engine: Engine): Race | null {
    const { lastThread, lastStep, lastWrote, released } = engine;
    const thread = lastThread!.index;
    const race = this.#step(thread, lastStep, lastWrote, engine.steps);
    for (const { index } of released) this.#clocks.order(thread, index);
    return race;
  }

  /** Thread `thread` has allocated an object, the words from `base` to `end`: whatever was there before is forgotten. */
  allocated(thread: number, base: number, end: number, step: number): void {
    this.#allocations.set(this.#objectAt(base), { thread, epoch: this.#clocks.of(thread)[thread], step });
    for (let addr = base; addr < end; addr++) {
      if (this.#historyOf[addr] !== 0) this.#start(this.#historyOf[addr], addr);
    }
  }

  /** Thread `thread` frees the words from `base` to `end`: a race with whoever may still be using them. */
  freed(thread: number, base: number, end: number, step: number): Race | null {
    let found: Race | null = null;
    for (let addr = base; addr < end; addr++) {
      if (this.#historyOf[addr] !== 0) found ??= this.#use(addr, PLAIN_WRITE, thread, step);
    }
    return found === null ? null : { ...found, second: { ...found.second, what: "free" } };
  }

  #step(thread: number, step: Step, wrote: boolean, number: number): Race | null {
    const addr = addrOf(step);
    const clocks = this.#clocks;
    let race: Race | null;
    switch (kindOf(step)) {
      case READ:
        return this.#use(addr, PLAIN_READ, thread, number);
      case WRITE:
        race = this.#use(addr, PLAIN_WRITE, thread, number);
        clocks.forget(addr);
        return race;
      case READ_ONCE:
      case FUTEX_WAIT:
        return this.#use(addr, MARKED_READ, thread, number);
      case WRITE_ONCE:
        race = this.#use(addr, MARKED_WRITE, thread, number);
        clocks.forget(addr);
        return race;
      case ACQUIRE:
        clocks.acquire(thread, addr); // first: what is read was released before
        return this.#use(addr, MARKED_READ, thread, number);
      case RELEASE:
        race = this.#use(addr, MARKED_WRITE, thread, number);
        clocks.forget(addr);
        clocks.release(thread, addr);
        return race;
      case RMW:
      case AWAIT:
        clocks.acquire(thread, addr);
        race = this.#use(addr, wrote ? MARKED_WRITE : MARKED_READ, thread, number);
        if (wrote) clocks.release(thread, addr);
        return race;
      default: // no access
        return null;
    }
  }

  /** A use of the word, compared with those before it, and remembered. */
  #use(addr: number, use: number, thread: number, step: number): Race | null {
    const history = this.#history(addr);
    const at = this.#at(history, use, thread);
    const clock = this.#clocks.of(thread);
    const bit = 1 << thread;
    const first = history * USES;
    if ((this.#users[first + use] & bit) !== 0 && this.#epochs[at] === clock[thread]) {
      this.#steps[at] = step;
      return null; // whoever came since has compared himself with this epoch
    }
    let rival: Side | null = null;
    for (let other = 0; other < USES; other++) {
      const users = this.#users[first + other] & ~bit;
      if (users !== 0 && ((CONFLICTS[use] >> other) & 1) !== 0) rival ??= this.#unordered(addr, history, other, users, clock);
    }
    this.#note(history, use, thread, clock[thread], step);
    return rival === null ? null : { addr, first: rival, second: { thread, what: USE_NAMES[use], step } };
  }

  /** The use of kind `other`, by one of `users`, that does not happen before `clock`; null if all do. */
  #unordered(addr: number, history: number, other: number, users: number, clock: Int32Array): Side | null {
    for (let rest = users; rest !== 0; rest &= rest - 1) {
      const user = 31 - Math.clz32(rest & -rest);
      const at = this.#at(history, other, user);
      if (this.#epochs[at] > clock[user])
        return { thread: user, what: this.#whatWas(addr, other, user, this.#steps[at]), step: this.#steps[at] };
    }
    return null;
  }

  #whatWas(addr: number, use: number, thread: number, step: number): Use {
    const allocation = this.#allocations.get(this.#objectAt(addr));
    const isAllocation = use === PLAIN_WRITE && allocation?.thread === thread && allocation.step === step;
    return isAllocation ? "allocation" : USE_NAMES[use];
  }

  #note(history: number, use: number, thread: number, epoch: number, step: number): void {
    const at = this.#at(history, use, thread);
    this.#users[history * USES + use] |= 1 << thread;
    this.#epochs[at] = epoch;
    this.#steps[at] = step;
  }

  #at(history: number, use: number, thread: number): number {
    return (history * USES + use) * MAX_THREADS + thread;
  }

  #history(addr: number): number {
    const known = this.#historyOf[addr];
    if (known !== 0) return known;
    const history = this.#touched.push(addr);
    this.#historyOf[addr] = history;
    if ((history + 1) * USES > this.#users.length) this.#grow();
    this.#start(history, addr);
    return history;
  }

  /** Nobody has used the word but who allocated it. */
  #start(history: number, addr: number): void {
    this.#users.fill(0, history * USES, (history + 1) * USES);
    this.#clocks.forget(addr);
    const allocation = this.#allocations.get(this.#objectAt(addr));
    if (allocation !== undefined) this.#note(history, PLAIN_WRITE, allocation.thread, allocation.epoch, allocation.step);
  }

  #grow(): void {
    this.#users = doubled(this.#users);
    this.#epochs = doubled(this.#epochs);
    this.#steps = doubled(this.#steps);
  }
}

/** Two accesses that nothing orders, the earlier one first. */
export interface Race {
  readonly addr: number;
  readonly first: Side;
  readonly second: Side;
}

export interface Side {
  readonly thread: number;
  readonly what: Use;
  /** Number of the step, from 1. */
  readonly step: number;
}

export type Use = "plain read" | "plain write" | "marked read" | "marked write" | "allocation" | "free";

/** A race that is meant to be. */
export interface BenignRace {
  /** `struct.field`, of the innermost structure. */
  readonly field: string;
  readonly between: readonly [Use, Use];
  /** Why it does no harm. */
  readonly reason: string;
}

interface Allocation {
  readonly thread: number;
  readonly epoch: number;
  readonly step: number;
}

/** How a word is used. */
const PLAIN_READ = 0;
const PLAIN_WRITE = 1;
const MARKED_READ = 2;
const MARKED_WRITE = 3;
const USES = 4;
const USE_NAMES = ["plain read", "plain write", "marked read", "marked write"] as const;

/** By use: the uses by others that race with it, as bits. */
const CONFLICTS = [
  (1 << PLAIN_WRITE) | (1 << MARKED_WRITE),
  (1 << PLAIN_READ) | (1 << PLAIN_WRITE) | (1 << MARKED_READ) | (1 << MARKED_WRITE),
  1 << PLAIN_WRITE,
  (1 << PLAIN_READ) | (1 << PLAIN_WRITE),
];

const FIRST_CAPACITY = 4096;

function doubled(old: Int32Array): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(old.length * 2);
  larger.set(old);
  return larger;
}
