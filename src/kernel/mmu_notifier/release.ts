import type { Run } from "../../machine/step.ts";
import { NULL, type Ptr } from "../../machine/struct.ts";
import { trace } from "../../machine/tracepoint.ts";
import type { Current } from "../current.ts";
import { hlistDelInitRcu, hlistEmpty, hlistFirstRcu } from "../hlist.ts";
import { spinLock, spinUnlock } from "../locking/spinlock.ts";
import { srcuReadLock, srcuReadUnlock, synchronizeSrcu } from "../srcu.ts";
import { kernelEvents } from "../tracepoints.ts";
import { HLIST_OP_RELEASE } from "./hlist_op.ts";
import { firstNotifier, nextNotifier, opsOf, traceHlistCall } from "./hlist_walk.ts";
import { itreeInvEnd, itreeInvStartRange } from "./itree.ts";
import { mmuNotifierRangeInit } from "./range.ts";
import { MmuNotifierSubscriptions } from "./structs.ts";
import { hasItree, lockOf, subscriptionsOf } from "./subscriptions.ts";
import { MMU_NOTIFY_RELEASE } from "./types.ts";

type Subscriptions = Ptr<"mmu_notifier_subscriptions">;

const ULONG_MAX = 2n ** 64n - 1n;

/**
 * The last user of the addresses is gone, the pages are about to go: everybody stops using them for good. Interval
 * notifiers first, then classic ones (RULES 44).
 */
export function* mmuNotifierRelease(current: Current, mm: Ptr<"mm_struct">): Run<void> {
  const subscriptions = yield* subscriptionsOf(current, mm);
  if (subscriptions === NULL) return;
  if (yield* hasItree(current, subscriptions)) yield* itreeRelease(current, mm, subscriptions);
  if (!(yield* hlistEmpty(current, subscriptions, MmuNotifierSubscriptions.list)))
    yield* hlistRelease(current, mm, subscriptions);
  trace(current, kernelEvents.notifiersReleased, mm);
}

/** An invalidation of everything, in as many passes as any: all notifiers start before any is waited for (RULES 26). */
function* itreeRelease(current: Current, mm: Ptr<"mm_struct">, subscriptions: Subscriptions): Run<void> {
  const range = mmuNotifierRangeInit(current, mm, 0n, ULONG_MAX, MMU_NOTIFY_RELEASE);
  const start = Number(range.start);
  const end = Number(range.end);
  trace(current, kernelEvents.invalidateRangeStart, mm, start, end, range.event, 1, range.id);
  const { passes } = current.kernel.notifier;
  yield* passes.invalidate(current, range, yield* itreeInvStartRange(current, subscriptions, range));
  trace(current, kernelEvents.invalidateRangeStarted, mm, start, end, range.id, 0);
  trace(current, kernelEvents.invalidateRangeEnd, mm, start, end, range.id);
  if (passes.atRangeEnd !== undefined) yield* passes.atRangeEnd(current, range);
  yield* itreeInvEnd(current, mm, subscriptions);
}

/** Notifiers stay on the list for as long as others may be told, then all leave it. */
function* hlistRelease(current: Current, mm: Ptr<"mm_struct">, subscriptions: Subscriptions): Run<void> {
  yield* srcuReadLock(current);
  let subscription = yield* firstNotifier(current, subscriptions);
  while (subscription !== NULL) {
    const ops = yield* opsOf(current, subscription);
    if (ops.release !== undefined) {
      traceHlistCall(current, subscription, HLIST_OP_RELEASE, null);
      yield* ops.release(current, subscription, mm);
    }
    subscription = yield* nextNotifier(current, subscription);
  }
  yield* spinLock(current, lockOf(subscriptions));
  for (;;) {
    const node = yield* hlistFirstRcu(current, subscriptions, MmuNotifierSubscriptions.list);
    if (node === NULL) break;
    yield* hlistDelInitRcu(current, node);
  }
  yield* spinUnlock(current, lockOf(subscriptions));
  yield* srcuReadUnlock(current);
  yield* synchronizeSrcu(current); // the pages must outlive a release that a concurrent unregister is in (RULES 44)
}
