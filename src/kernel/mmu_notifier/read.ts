import { read, readOnce, readPtr } from "../../machine/access.ts";
import type { Run } from "../../machine/step.ts";
import type { Ptr } from "../../machine/struct.ts";
import { trace } from "../../machine/tracepoint.ts";
import type { Current } from "../current.ts";
import { spinLock, spinUnlock } from "../locking/spinlock.ts";
import { waitEvent } from "../locking/wait_queue.ts";
import { kernelEvents } from "../tracepoints.ts";
import { mightWaitForInvalidation } from "./lockdep_map.ts";
import { MmuIntervalNotifier, MmuNotifierSubscriptions } from "./structs.ts";
import { lockOf, subscriptionsOf, waitQueueOf } from "./subscriptions.ts";

type IntervalSub = Ptr<"mmu_interval_notifier">;

/**
 * Begin to read page tables in the range of `sub`: the number to ask read_retry about. If an invalidation that reached `sub`
 * is under way, wait first until all of the mm are over (RULES 11), never more than once: the number may be stale on
 * return, so that the caller can bound its time (RULES 8). Not under a lock that a callback takes.
 */
export function* mmuIntervalReadBegin(current: Current, sub: IntervalSub): Run<number> {
  const mm = yield* readPtr<"mmu_interval_notifier", "mm_struct">(current, sub, MmuIntervalNotifier.mm);
  const subscriptions = yield* subscriptionsOf(current, mm);
  yield* spinLock(current, lockOf(subscriptions));
  const seq = yield* readOnce(current, sub, MmuIntervalNotifier.invalidateSeq);
  const isInvalidating = seq === (yield* read(current, subscriptions, MmuNotifierSubscriptions.invalidateSeq));
  yield* spinUnlock(current, lockOf(subscriptions));
  mightWaitForInvalidation(current);
  if (isInvalidating) {
    trace(current, kernelEvents.readBeginWait, sub, seq);
    yield* waitEvent(current, waitQueueOf(subscriptions), function* () {
      // lockless, unlike in remove (RULES 37)
      return (yield* readOnce(current, subscriptions, MmuNotifierSubscriptions.invalidateSeq)) !== seq;
    });
  }
  trace(current, kernelEvents.readBegin, sub, seq, isInvalidating ? 1 : 0);
  return seq;
}

/**
 * True: an invalidation came between, start over. Plain, and only under the lock that callbacks hold around set_seq (RULES 9).
 */
export function* mmuIntervalReadRetry(current: Current, sub: IntervalSub, seq: number): Run<boolean> {
  const retry = (yield* read(current, sub, MmuIntervalNotifier.invalidateSeq)) !== seq;
  trace(current, kernelEvents.readRetry, sub, seq, retry ? 1 : 0);
  return retry;
}

/** {@link mmuIntervalReadRetry} without the lock: true is reliable, false proves nothing (RULES 9). */
export function* mmuIntervalCheckRetry(current: Current, sub: IntervalSub, seq: number): Run<boolean> {
  return (yield* readOnce(current, sub, MmuIntervalNotifier.invalidateSeq)) !== seq;
}
