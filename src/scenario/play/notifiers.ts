import type { Layout } from "../../machine/layout.ts";
import { read, write } from "../../machine/access.ts";
import { PAGE_SIZE } from "../../machine/pte.ts";
import type { Run } from "../../machine/step.ts";
import { embedded, type Ptr } from "../../machine/struct.ts";
import type { Kernel } from "../../kernel/kernel.ts";
import { mutexLock, mutexUnlock } from "../../kernel/locking/mutex.ts";
import { MmuNotifier } from "../../kernel/mmu_notifier/structs.ts";
import { mmuNotifierRegister, mmuNotifierUnregister } from "../../kernel/mmu_notifier/register.ts";
import { ChurnNotifier, insertChurn, look, removeIfInserted, singlePassOps, twoPassOps } from "../churn_notifier.ts";
import { ClassicNotifier, countingOps, rangeOps, refusingOps, secondaryTlbOps } from "./classic_notifier.ts";
import { addressOf, type Operation, type PlayActor } from "./play.ts";

/** Interval notifiers of each kind that a play has beside those of the drivers. */
const COUNT = 2;

/** Classic ones, by number. */
const CLASSICS = [rangeOps, secondaryTlbOps, countingOps, refusingOps];
const COUNTING = 2;

/**
 * Notifiers of other drivers in the same process: software mirrors, of which those with an even number work in one pass and those
 * with an odd number in two, and classic ones: 0 takes a lock, 1 has a secondary TLB, 2 only counts, 3 refuses what must not
 * block.
 */
export class PlayNotifiers {
  readonly #mirrors: Ptr<"churn_notifier">;
  readonly #classics: Ptr<"classic_notifier">;
  readonly #mirrorOps: readonly number[];
  readonly #classicOps: readonly number[];

  constructor(layout: Layout, kernel: Kernel) {
    this.#mirrors = layout.place(ChurnNotifier, "mirror", 2 * COUNT);
    this.#classics = layout.place(ClassicNotifier, "classic", CLASSICS.length);
    this.#mirrorOps = [singlePassOps, twoPassOps].map((ops) => kernel.notifier.registerIntervalOps(ops));
    this.#classicOps = CLASSICS.map((ops) => kernel.notifier.registerOps(ops));
  }

  mirror(index: number): Ptr<"churn_notifier"> {
    return (this.#mirrors + index * ChurnNotifier.words) as Ptr<"churn_notifier">;
  }

  *insert({ current, stage }: PlayActor, index: number, first: number, pages: number): Run<void> {
    const mirror = this.mirror(index);
    const life = embedded(mirror, ChurnNotifier.life);
    yield* mutexLock(current, life);
    yield* insertChurn(current, mirror, stage.mm, addressOf(first), pages * PAGE_SIZE, this.#mirrorOps[index % 2]);
    yield* mutexUnlock(current, life);
  }

  *look({ current, stage }: PlayActor, index: number): Run<void> {
    const mirror = this.mirror(index);
    const life = embedded(mirror, ChurnNotifier.life);
    yield* mutexLock(current, life);
    if ((yield* read(current, mirror, ChurnNotifier.isInserted)) === 1) yield* look(current, stage.mm, mirror);
    yield* mutexUnlock(current, life);
  }

  remove({ current }: PlayActor, index: number): Run<void> {
    return removeIfInserted(current, this.mirror(index));
  }

  register({ current, stage }: PlayActor, index: number): Run<number> {
    return mmuNotifierRegister(current, this.#classic(index), stage.mm, this.#classicOps[index]);
  }

  *unregister({ current }: PlayActor, index: number): Run<void> {
    const classic = this.#classic(index);
    if ((yield* read(current, classic, MmuNotifier.mm)) === 0) return;
    yield* mmuNotifierUnregister(current, classic);
    yield* write(current, classic, MmuNotifier.mm, 0); // whoever still walks over it meets somebody else's memory
    yield* write(current, classic, MmuNotifier.ops, 0);
  }

  /** When nobody else runs any more: none is left. */
  *removeAll(actor: PlayActor): Run<void> {
    for (let index = 0; index < 2 * COUNT; index++) yield* this.remove(actor, index);
    for (let index = 0; index < CLASSICS.length; index++) yield* this.unregister(actor, index);
  }

  /**
   * Ranges of which the counting notifier knows only the start. (Who unregisters in between is not told of the end, and that is
   * right.)
   */
  openRanges(words: Int32Array): number {
    return words[this.#classics + COUNTING * ClassicNotifier.words + ClassicNotifier.inside];
  }

  #classic(index: number): Ptr<"mmu_notifier"> {
    return embedded((this.#classics + index * ClassicNotifier.words) as Ptr<"classic_notifier">, ClassicNotifier.notifier);
  }
}

export function insertMirror(index: number, first: number, pages: number): Operation {
  return {
    name: `insert ${kindOf(index)} notifier ${index}`,
    run: (actor) => actor.stage.notifiers.insert(actor, index, first, pages),
  };
}

/**
 * Read what the notifier covers, as a fault handler does: begin, look the page up, keep it unless it was invalidated meanwhile.
 */
export function lookThrough(index: number): Operation {
  return { name: `look up a page through notifier ${index}`, run: (actor) => actor.stage.notifiers.look(actor, index) };
}

export function removeMirror(index: number): Operation {
  return { name: `remove notifier ${index}`, run: (actor) => actor.stage.notifiers.remove(actor, index) };
}

export function registerClassic(index: number): Operation {
  return { name: `register classic notifier ${index}`, run: (actor) => actor.stage.notifiers.register(actor, index) };
}

export function unregisterClassic(index: number): Operation {
  return { name: `unregister classic notifier ${index}`, run: (actor) => actor.stage.notifiers.unregister(actor, index) };
}

function kindOf(index: number): string {
  return index % 2 === 0 ? "single-pass" : "two-pass";
}
