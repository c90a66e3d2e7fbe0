import type { Op } from "./workload.ts";

/**
 * Tells the address spaces of a log apart. `%memory` shows neither clone() nor execve(), so by themselves all tids are
 * threads of one process. But -f also follows children, and a program that starts does `brk(NULL)` first and finds a break
 * far from any of the program before. So:
 *
 * - a tid that asks `brk(NULL)` and gets an answer outside of the heap of its space has executed a program: a new space;
 * - a tid that appears otherwise is a thread of the newest space that still has a living thread.
 *
 * A child that forks and never executes anything is therefore taken for a thread of its parent; and with address space
 * randomisation off, a program that executes itself again is taken for one and the same.
 */
export class Spaces {
  /** Heap of each space: lowest and highest break seen. */
  readonly #heaps: { low: number; high: number }[] = [];
  readonly #spaceOf = new Map<number, number>();

  get count(): number {
    return this.#heaps.length;
  }

  /** The space in which `tid` makes a call. */
  of(tid: number): number {
    const known = this.#spaceOf.get(tid);
    if (known !== undefined) return known;
    const newest = Math.max(-1, ...this.#spaceOf.values());
    const space = newest >= 0 ? newest : this.#create();
    this.#spaceOf.set(tid, space);
    return space;
  }

  /** `tid` asked for the break (`addr` 0) or moved it, and was told `result`. Returns the space in which it did. */
  brk(tid: number, addr: number, result: number): number {
    let space = this.of(tid);
    const heap = this.#heaps[space];
    if (addr === 0 && heap.high > 0 && (result < heap.low || result > heap.high)) {
      space = this.#create();
      this.#spaceOf.set(tid, space);
    }
    const { low, high } = this.#heaps[space];
    this.#heaps[space] = { low: Math.min(low, result), high: Math.max(high, result) };
    return space;
  }

  /** `tid` has ended; its number may be used again. */
  exit(tid: number): void {
    this.#spaceOf.delete(tid);
  }

  /** The thread known as `from` turns out to be `tid`. */
  rename(from: number, tid: number): void {
    const space = this.#spaceOf.get(from);
    if (space !== undefined) this.#spaceOf.set(tid, space);
    this.#spaceOf.delete(from);
  }

  #create(): number {
    return this.#heaps.push({ low: Infinity, high: 0 }) - 1;
  }
}

/**
 * Number address spaces by their calls, most first: whatever shells and wrappers ran before and beside it, the program that
 * was meant is space 0.
 */
export function busiestFirst(ops: readonly Op[]): Op[] {
  const calls = new Map<number, number>();
  for (const { space } of ops) calls.set(space, (calls.get(space) ?? 0) + 1);
  const order = [...calls].sort(([a, callsA], [b, callsB]) => callsB - callsA || a - b).map(([space]) => space);
  const rank = new Map(order.map((space, index) => [space, index]));
  return ops.map((op) => Object.assign({}, op, { space: rank.get(op.space)! }));
}
