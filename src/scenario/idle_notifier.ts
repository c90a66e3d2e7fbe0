import type { Layout } from "../machine/layout.ts";
import type { Run } from "../machine/step.ts";
import { containerOf, embedded, struct, type Ptr } from "../machine/struct.ts";
import type { Current } from "../kernel/current.ts";
import type { Kernel } from "../kernel/kernel.ts";
import { Mutex, mutexLock, mutexTryLock, mutexUnlock } from "../kernel/locking/mutex.ts";
import { mmuIntervalNotifierInsert, mmuIntervalNotifierRemove, mmuIntervalSetSeq } from "../kernel/mmu_notifier/interval.ts";
import { MmuIntervalNotifier } from "../kernel/mmu_notifier/structs.ts";
import type { MmuIntervalNotifierOps } from "../kernel/mmu_notifier/types.ts";

/** A notifier of somebody who has nothing to stop, but has to be asked. */
const IdleNotifier = struct("idle_notifier", { notifier: MmuIntervalNotifier, user: Mutex });

/** In one pass: there is nothing to wait for. */
const ops: MmuIntervalNotifierOps = {
  *invalidate(current, sub, range, curSeq) {
    const user = embedded(containerOf(sub, IdleNotifier.notifier), IdleNotifier.user);
    if (range.blockable) yield* mutexLock(current, user);
    else if (!(yield* mutexTryLock(current, user))) return false;
    yield* mmuIntervalSetSeq(current, sub, curSeq);
    yield* mutexUnlock(current, user);
    return true;
  },
};

/** `count` of them, each for a piece of its own of the address space. */
export class IdleNotifiers {
  readonly count: number;
  readonly #notifiers: Ptr<"idle_notifier">;
  readonly #ops: number;

  constructor(layout: Layout, kernel: Kernel, count: number) {
    this.count = count;
    this.#notifiers = layout.place(IdleNotifier, "idle_notifier", count);
    this.#ops = kernel.notifier.registerIntervalOps(ops);
  }

  /** Watch [start, start + count * bytes), so many bytes each. */
  *insert(current: Current, mm: Ptr<"mm_struct">, start: number, bytes: number): Run<void> {
    for (let i = 0; i < this.count; i++) {
      yield* mmuIntervalNotifierInsert(current, this.#at(i), mm, BigInt(start + i * bytes), BigInt(bytes), this.#ops);
    }
  }

  *remove(current: Current): Run<void> {
    for (let i = 0; i < this.count; i++) yield* mmuIntervalNotifierRemove(current, this.#at(i));
  }

  #at(index: number): Ptr<"mmu_interval_notifier"> {
    return embedded((this.#notifiers + index * IdleNotifier.words) as Ptr<"idle_notifier">, IdleNotifier.notifier);
  }
}
