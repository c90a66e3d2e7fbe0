import { containerOf, embedded, struct, type Ptr } from "../machine/struct.ts";
import type { Layout } from "../machine/layout.ts";
import { PAGE_SIZE } from "../machine/pte.ts";
import type { Run } from "../machine/step.ts";
import type { Kernel } from "../kernel/kernel.ts";
import { Mutex, mutexLock, mutexTryLock, mutexUnlock } from "../kernel/locking/mutex.ts";
import { MADV_DONTNEED, MAP_PRIVATE } from "../kernel/mm/mman.ts";
import { doMadvise } from "../kernel/mm/madvise.ts";
import { mmuIntervalNotifierInsert, mmuIntervalNotifierRemove, mmuIntervalSetSeq } from "../kernel/mmu_notifier/interval.ts";
import { MmuIntervalNotifier } from "../kernel/mmu_notifier/structs.ts";
import type { MmuIntervalNotifierOps } from "../kernel/mmu_notifier/types.ts";
import { mapArena, type Arena } from "./arena.ts";
import { inProcess } from "./process.ts";
import type { Actor, Scenario } from "./stage.ts";
import { idle } from "./take_away.ts";

/** A notifier of somebody who has nothing to do, but has to be asked: one page, one lock. */
const IdleNotifier = struct("idle_notifier", { notifier: MmuIntervalNotifier, user: Mutex });

const START = 0x6000_0000_0000;

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

/**
 * CPU 0 asks for a range with `count` notifiers that have nothing to do, again and again: what it costs to walk the tree, and to walk it
 * once more (RULES d 3, 4).
 */
export class ManyNotifiers implements Scenario {
  readonly name = "many-notifiers";
  readonly summary = "a range with many notifiers that have nothing to do: what it costs to walk the tree";
  readonly #count: number;
  readonly #notifiers: Ptr<"idle_notifier">;
  readonly #ops: number;

  constructor(layout: Layout, kernel: Kernel, count: number) {
    this.#count = count;
    this.#notifiers = layout.place(IdleNotifier, "idle_notifier", count);
    this.#ops = kernel.notifier.registerIntervalOps(ops);
  }

  *populate(actor: Actor, mm: Ptr<"mm_struct">): Run<void> {
    yield* mapArena(actor, mm, this.#arena);
    for (let i = 0; i < this.#count; i++) {
      yield* mmuIntervalNotifierInsert(actor.current, this.#at(i), mm, BigInt(START + i * PAGE_SIZE), BigInt(PAGE_SIZE), this.#ops);
    }
  }

  *operation(actor: Actor): Run<void> {
    if (actor.cpu !== 0) return yield* idle(actor);
    const { start, pages } = this.#arena;
    yield* inProcess(actor, function* (mm) {
      yield* doMadvise(actor.current, mm, start, pages * PAGE_SIZE, MADV_DONTNEED);
    });
  }

  *clear({ current }: Actor): Run<void> {
    for (let i = 0; i < this.#count; i++) yield* mmuIntervalNotifierRemove(current, this.#at(i));
  }

  get #arena(): Arena {
    return { start: START, pages: this.#count, sharing: MAP_PRIVATE };
  }

  #at(index: number): Ptr<"mmu_interval_notifier"> {
    return embedded((this.#notifiers + index * IdleNotifier.words) as Ptr<"idle_notifier">, IdleNotifier.notifier);
  }
}
