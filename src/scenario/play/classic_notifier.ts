import { fetchAdd } from "../../machine/access.ts";
import { containerOf, embedded, struct, u32, type Ptr } from "../../machine/struct.ts";
import type { Current } from "../../kernel/current.ts";
import { EAGAIN } from "../../kernel/errno.ts";
import { Mutex, mutexLock, mutexUnlock } from "../../kernel/locking/mutex.ts";
import { MmuNotifier } from "../../kernel/mmu_notifier/structs.ts";
import type { MmuNotifierOps } from "../../kernel/mmu_notifier/types.ts";
import type { Run } from "../../machine/step.ts";

/** A classic notifier as drivers have them: it counts what it is told of, and sleeps for a lock of its own. */
export const ClassicNotifier = struct("classic_notifier", {
  notifier: MmuNotifier,
  user: Mutex,
  /** Ranges begun and not ended. */
  inside: u32,
  /** Flushes of a secondary TLB, and releases. */
  flushes: u32,
  releases: u32,
});

/** Told at the start and the end of each range; it cannot help sleeping (RULES 31, 40). */
export const rangeOps: MmuNotifierOps = {
  *invalidateRangeStart(current, subscription, range) {
    if (!range.blockable) return EAGAIN;
    yield* count(current, classicOf(subscription), 1);
    return 0;
  },
  *invalidateRangeEnd(current, subscription) {
    yield* count(current, classicOf(subscription), -1);
  },
  *release(current, subscription) {
    yield* fetchAdd(current, classicOf(subscription), ClassicNotifier.releases, 1);
  },
};

/** Told at the start and the end of each range, and never has to wait: it only counts, as KVM does. */
export const countingOps: MmuNotifierOps = {
  *invalidateRangeStart(current, subscription) {
    yield* fetchAdd(current, classicOf(subscription), ClassicNotifier.inside, 1);
    return 0;
  },
  *invalidateRangeEnd(current, subscription) {
    yield* fetchAdd(current, classicOf(subscription), ClassicNotifier.inside, -1);
  },
};

/** Would have to wait, so it refuses a range that must not block; for that it may have no end (RULES 31). */
export const refusingOps: MmuNotifierOps = {
  *invalidateRangeStart(_current, _subscription, range) {
    return range.blockable ? 0 : EAGAIN;
  },
};

/** A secondary TLB that walks the CPU's table: told of each flush, under the page-table lock (RULES 45). */
export const secondaryTlbOps: MmuNotifierOps = {
  *archInvalidateSecondaryTlbs(current, subscription) {
    yield* fetchAdd(current, classicOf(subscription), ClassicNotifier.flushes, 1);
  },
};

function* count(current: Current, classic: Ptr<"classic_notifier">, delta: number): Run<void> {
  yield* mutexLock(current, embedded(classic, ClassicNotifier.user));
  yield* fetchAdd(current, classic, ClassicNotifier.inside, delta);
  yield* mutexUnlock(current, embedded(classic, ClassicNotifier.user));
}

function classicOf(subscription: Ptr<"mmu_notifier">): Ptr<"classic_notifier"> {
  return containerOf(subscription, ClassicNotifier.notifier);
}
