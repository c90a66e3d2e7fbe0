import { read, write } from "../../../src/machine/access.ts";
import type { Run } from "../../../src/machine/step.ts";
import { containerOf, embedded, struct, u32, type Ptr } from "../../../src/machine/struct.ts";
import type { Current } from "../../../src/kernel/current.ts";
import { Mutex, mutexLock, mutexUnlock } from "../../../src/kernel/locking/mutex.ts";
import { mmuIntervalSetSeq } from "../../../src/kernel/mmu_notifier/interval.ts";
import { mmuIntervalReadBegin, mmuIntervalReadRetry } from "../../../src/kernel/mmu_notifier/read.ts";
import { MmuIntervalNotifier, MmuIntervalNotifierFinish } from "../../../src/kernel/mmu_notifier/structs.ts";
import type { FinishSlot, MmuIntervalNotifierOps, MmuNotifierRange } from "../../../src/kernel/mmu_notifier/types.ts";

/** The smallest driver there can be: it mirrors a range, and knows whether its copy is valid. */
export const Mirror = struct("mirror", {
  notifier: MmuIntervalNotifier,
  user: Mutex,
  isValid: u32,
  finish: MmuIntervalNotifierFinish,
  finishInUse: u32,
});

export type MirrorPtr = Ptr<"mirror">;

export function notifierOf(mirror: MirrorPtr): Ptr<"mmu_interval_notifier"> {
  return embedded(mirror, Mirror.notifier);
}

export function mirrorOf(sub: Ptr<"mmu_interval_notifier">): MirrorPtr {
  return containerOf(sub, Mirror.notifier);
}

/** What a driver may get wrong, to see whether the checks notice. */
export interface Mistakes {
  readonly forgetsSetSeq?: boolean;
  readonly ignoresRetry?: boolean;
  readonly losesFinish?: boolean;
}

export function onePassOps(mistakes: Mistakes = {}): MmuIntervalNotifierOps {
  return {
    *invalidate(current, sub, range, seq) {
      return yield* stopUse(current, sub, range, seq, mistakes);
    },
  };
}

/** Two passes, with one embedded finish object: if that is in use, everything is done in the first. */
export function twoPassOps(mistakes: Mistakes = {}): MmuIntervalNotifierOps {
  return {
    *invalidateStart(current, sub, range, seq, slot) {
      if (!(yield* stopUse(current, sub, range, seq, mistakes))) return false;
      yield* handOutFinish(current, mirrorOf(sub), slot);
      return true;
    },
    *invalidateFinish(current, finish) {
      const mirror = containerOf(finish, Mirror.finish);
      yield* mutexLock(current, embedded(mirror, Mirror.user));
      if (!mistakes.losesFinish) yield* write(current, mirror, Mirror.finishInUse, 0);
      yield* mutexUnlock(current, embedded(mirror, Mirror.user));
    },
  };
}

/** Read the mirrored range once: make the copy valid unless an invalidation came between. */
export function* mirrorOnce(current: Current, mirror: MirrorPtr, mistakes: Mistakes = {}): Run<boolean> {
  const sub = notifierOf(mirror);
  const seq = yield* mmuIntervalReadBegin(current, sub);
  yield* mutexLock(current, embedded(mirror, Mirror.user));
  const retry = (yield* mmuIntervalReadRetry(current, sub, seq)) && !mistakes.ignoresRetry;
  if (!retry) yield* write(current, mirror, Mirror.isValid, 1);
  yield* mutexUnlock(current, embedded(mirror, Mirror.user));
  return !retry;
}

/** Give the copy up. */
export function* stopMirroring(current: Current, mirror: MirrorPtr): Run<void> {
  yield* mutexLock(current, embedded(mirror, Mirror.user));
  yield* write(current, mirror, Mirror.isValid, 0);
  yield* mutexUnlock(current, embedded(mirror, Mirror.user));
}

function* stopUse(
  current: Current,
  sub: Ptr<"mmu_interval_notifier">,
  range: MmuNotifierRange,
  seq: number,
  mistakes: Mistakes,
): Run<boolean> {
  if (!range.blockable) return false; // like xe: the user lock may sleep
  const mirror = mirrorOf(sub);
  yield* mutexLock(current, embedded(mirror, Mirror.user));
  if (!mistakes.forgetsSetSeq) yield* mmuIntervalSetSeq(current, sub, seq);
  yield* write(current, mirror, Mirror.isValid, 0);
  yield* mutexUnlock(current, embedded(mirror, Mirror.user));
  return true;
}

function* handOutFinish(current: Current, mirror: MirrorPtr, slot: FinishSlot): Run<void> {
  yield* mutexLock(current, embedded(mirror, Mirror.user));
  if ((yield* read(current, mirror, Mirror.finishInUse)) === 0) {
    yield* write(current, mirror, Mirror.finishInUse, 1);
    slot.finish = embedded(mirror, Mirror.finish);
  }
  yield* mutexUnlock(current, embedded(mirror, Mirror.user));
}
