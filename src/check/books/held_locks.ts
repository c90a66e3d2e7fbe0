import type { Layout } from "../../machine/layout.ts";
import { GFP_KERNEL } from "../../machine/slab.ts";
import type { Task } from "../../machine/task.ts";
import type { Hear, Tracer } from "../../machine/tracer.ts";
import { machineEvents } from "../../machine/tracepoints.ts";
import { driverEvents } from "../../driver/tracepoints.ts";
import { kernelEvents } from "../../kernel/tracepoints.ts";
import { LockClasses, type LockClass } from "./lock_class.ts";

/** A lock that a task holds. */
export interface Held {
  /** Address; 0 if there is no such thing, only a class. */
  readonly lock: number;
  readonly class: LockClass;
  /** Only for reading. */
  readonly isShared: boolean;
}

/** Taking `lock`, which may block, with `held` held. Also before a wait that is as good as taking a lock. */
export type TakeListener = (task: Task, lock: Held, held: readonly Held[]) => void;

/** Allocations that may reclaim, and reclaim itself. */
export const FS_RECLAIM: LockClass = { name: "fs_reclaim", isSleeping: true, isPseudo: true };
/** Waiting for a fence, and what leads up to its signal. */
const DMA_FENCE: LockClass = { name: "dma_fence", isSleeping: true, isPseudo: true };

/**
 * Which locks each task holds, the pseudo-locks of RULES (b) among them: a wait for somebody is as taking a lock, and what it
 * does until nobody need wait for it is as holding it.
 */
export class HeldLocks {
  readonly classes: LockClasses;
  readonly #ofTask: Held[][] = [];
  readonly #listeners: TakeListener[] = [];
  readonly #known = new Map<number, [exclusive: Held, shared: Held]>();
  readonly #reclaim: Held = { lock: 0, class: FS_RECLAIM, isShared: false };
  readonly #fence: Held = { lock: 0, class: DMA_FENCE, isShared: false };

  constructor(layout: Layout) {
    this.classes = new LockClasses(layout);
  }

  /** Nobody holds anything. */
  begin(): void {
    for (const held of this.#ofTask) held.length = 0;
  }

  /** `mm_struct#2.mmap_lock`; of what is only a class, its name. */
  nameOf({ lock, class: { name } }: Held): string {
    return lock === 0 ? name : this.classes.nameOf(lock);
  }

  onTake(listener: TakeListener): void {
    this.#listeners.push(listener);
  }

  of(task: Task): Held[] {
    while (this.#ofTask.length <= task.id) this.#ofTask.push([]);
    return this.#ofTask[task.id];
  }

  /**
   * While an event is judged, a task holds what it held when it came to it: so what is taken and what is given back is entered
   * last.
   *
   * @param judge hears an event when it is judged
   */
  listen(tracer: Tracer, judge: Hear): void {
    judge(kernelEvents.lockAcquired, (task, lock, mode, tried) => {
      if (tried === 0) this.#take(task, this.#heldOf(lock, mode));
    });
    judge(machineEvents.mightAlloc, (task, gfp) => {
      // reclaim does not recurse
      if (gfp === GFP_KERNEL && !this.of(task).includes(this.#reclaim)) this.#take(task, this.#reclaim);
    });
    judge(kernelEvents.reclaimBegin, (task) => this.#take(task, this.#reclaim));
    judge(driverEvents.fenceWait, (task) => this.#take(task, this.#fence));
    const last: Hear = (event, listener) => tracer.on("forget", event, listener);
    last(kernelEvents.lockAcquired, (task, lock, mode) => void this.of(task).push(this.#heldOf(lock, mode)));
    last(kernelEvents.lockRelease, (task, lock) => this.#release(task, (held) => held.lock === lock));
    last(kernelEvents.reclaimBegin, (task) => void this.of(task).push(this.#reclaim));
    last(kernelEvents.reclaimEnd, (task) => this.#release(task, (held) => held === this.#reclaim));
    last(driverEvents.fenceSignallingBegin, (task) => void this.of(task).push(this.#fence));
    last(driverEvents.fenceSignallingEnd, (task) => this.#release(task, (held) => held === this.#fence));
  }

  #take(task: Task, lock: Held): void {
    const held = this.of(task);
    for (const listener of this.#listeners) listener(task, lock, held);
  }

  #release(task: Task, isIt: (held: Held) => boolean): void {
    const held = this.of(task);
    const index = held.findLastIndex(isIt);
    if (index >= 0) held.splice(index, 1);
  }

  #heldOf(lock: number, mode: number): Held {
    let known = this.#known.get(lock);
    if (known === undefined) {
      const found = this.classes.of(lock);
      known = [
        { lock, class: found, isShared: false },
        { lock, class: found, isShared: true },
      ];
      this.#known.set(lock, known);
    }
    return known[mode];
  }
}
