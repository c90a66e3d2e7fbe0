import type { Layout } from "../../machine/layout.ts";
import type { MmuIntervalNotifierOps, MmuNotifierOps } from "./types.ts";

/** What the notifier core keeps beside the address spaces themselves. */
export class NotifierState {
  readonly #intervalOps: MmuIntervalNotifierOps[] = [];
  readonly #ops: MmuNotifierOps[] = [];

  constructor(_layout: Layout) {}

  powerOn(_words: Int32Array): void {}

  /**
   * Give an ops table a number, which is what a pointer to it looks like in shared memory. All threads register the same
   * tables in the same order at boot.
   */
  registerIntervalOps(ops: MmuIntervalNotifierOps): number {
    return this.#intervalOps.push(ops); // numbers start at 1: 0 is NULL
  }

  registerOps(ops: MmuNotifierOps): number {
    return this.#ops.push(ops);
  }

  intervalOps(number: number): MmuIntervalNotifierOps {
    return this.#intervalOps[number - 1];
  }

  ops(number: number): MmuNotifierOps {
    return this.#ops[number - 1];
  }
}
