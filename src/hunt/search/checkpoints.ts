import { performance } from "node:perf_hooks";
import type { HuntIdentity, HuntState } from "./hunt_state.ts";
import type { ParallelHunt, ParallelHuntState } from "./parallel.ts";

/** Between two checkpoints, in milliseconds, but at least so many times what one takes: they are to cost next to nothing. */
const EVERY_MS = 5000;
const COST_FACTOR = 20;

/** Keeps what a hunt by an exhaustive strategy would need to go on in another process. */
export class Checkpoints {
  readonly #hunts: readonly ParallelHunt[];
  readonly #identity: HuntIdentity;
  readonly #keep: (state: HuntState) => void;
  #states: (ParallelHuntState | null)[];
  /** The first is due at once: if it cannot be kept, that is better known soon. */
  #dueMs = 0;

  /** @param hunts by machine. @param keep is given each checkpoint */
  constructor(hunts: readonly ParallelHunt[], identity: HuntIdentity, keep: (state: HuntState) => void) {
    this.#hunts = hunts;
    this.#identity = identity;
    this.#keep = keep;
    this.#states = hunts.map(() => null);
  }

  async resume({ machines }: HuntState): Promise<void> {
    this.#states = [...machines];
    await Promise.all(machines.map((state, index) => (state === null ? null : this.#hunts[index].resume(state))));
  }

  /** Between rounds: keep a checkpoint if it is time for one. */
  async keepIfDue(exploredMs: number): Promise<void> {
    if (performance.now() >= this.#dueMs) await this.keep(exploredMs);
  }

  /** Between rounds: keep a checkpoint. */
  async keep(exploredMs: number): Promise<void> {
    const startMs = performance.now();
    for (const [index, hunt] of this.#hunts.entries()) {
      if (hunt.isResumable) this.#states[index] = await hunt.state();
    }
    this.#keep({ identity: this.#identity, exploredMs, machines: this.#states });
    const endMs = performance.now();
    this.#dueMs = endMs + Math.max(EVERY_MS, COST_FACTOR * (endMs - startMs));
  }
}
