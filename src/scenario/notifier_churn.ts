import { read, write } from "../machine/access.ts";
import type { Layout } from "../machine/layout.ts";
import type { Run } from "../machine/step.ts";
import { embedded, type Ptr } from "../machine/struct.ts";
import type { Kernel } from "../kernel/kernel.ts";
import { mutexTryLock, mutexUnlock } from "../kernel/locking/mutex.ts";
import { MADV_DONTNEED } from "../kernel/mm/mman.ts";
import { doMadvise } from "../kernel/mm/madvise.ts";
import { mmuIntervalNotifierRemove } from "../kernel/mmu_notifier/interval.ts";
import { ARENAS, populateArenas, somewhere, touchSome } from "./arena.ts";
import {
  ChurnNotifier,
  insertChurn,
  invalidateWithoutBlocking,
  look,
  removeIfInserted,
  singlePassOps,
  twoPassOps,
} from "./churn_notifier.ts";
import { inProcess } from "./process.ts";
import type { Actor, Scenario } from "./stage.ts";

const SLOTS = 24;
const MOST_PAGES = 16;

/** Notifiers come and go while the ranges that they cover are being invalidated. */
export function notifierChurn(layout: Layout, kernel: Kernel): Scenario {
  const slots = layout.place(ChurnNotifier, "churn", SLOTS);
  const ops = [singlePassOps, twoPassOps].map((table) => kernel.notifier.registerIntervalOps(table));
  const slot = (index: number): Ptr<"churn_notifier"> => (slots + index * ChurnNotifier.words) as Ptr<"churn_notifier">;
  return {
    name: "notifier-churn",
    summary: "notifiers are inserted and removed while their ranges are being invalidated",
    *populate(actor, mm) {
      yield* populateArenas(actor, mm, ARENAS);
    },
    *operation(actor) {
      const arena = ARENAS[actor.dice.below(2)];
      yield* inProcess(actor, function* (mm) {
        const { start, length } = somewhere(actor.dice, arena, MOST_PAGES);
        if (actor.dice.percent(15)) {
          yield* invalidateWithoutBlocking(actor.current, mm, start, start + length);
        } else if (actor.dice.percent(35)) {
          yield* doMadvise(actor.current, mm, start, length, MADV_DONTNEED);
          yield* touchSome(actor, mm, start, length, 2);
        } else {
          const index = actor.dice.below(SLOTS);
          yield* churnOne(actor, mm, slot(index), ops[index % ops.length], start, length);
        }
      });
    },
    *clear(actor) {
      for (let index = 0; index < SLOTS; index++) yield* removeIfInserted(actor.current, slot(index));
    },
  };
}

/** Insert the notifier if it is out; use or remove it if it is in. Somebody else at it: leave it alone. */
function* churnOne(
  actor: Actor,
  mm: Ptr<"mm_struct">,
  churn: Ptr<"churn_notifier">,
  ops: number,
  start: number,
  length: number,
): Run<void> {
  const { current } = actor;
  const life = embedded(churn, ChurnNotifier.life);
  const sub = embedded(churn, ChurnNotifier.notifier);
  if (!(yield* mutexTryLock(current, life))) return;
  if ((yield* read(current, churn, ChurnNotifier.isInserted)) === 0) {
    yield* insertChurn(current, churn, mm, start, length, ops);
  } else if (actor.dice.percent(60)) {
    yield* look(current, mm, churn);
  } else {
    yield* mmuIntervalNotifierRemove(current, sub);
    yield* write(current, churn, ChurnNotifier.isInserted, 0);
  }
  yield* mutexUnlock(current, life);
}
