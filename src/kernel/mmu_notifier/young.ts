import type { Run } from "../../machine/step.ts";
import { NULL, type Ptr } from "../../machine/struct.ts";
import type { Current } from "../current.ts";
import { srcuReadLock, srcuReadUnlock } from "../srcu.ts";
import { HLIST_OP_ARCH_INVALIDATE, HLIST_OP_CLEAR_FLUSH_YOUNG, HLIST_OP_CLEAR_YOUNG, HLIST_OP_TEST_YOUNG } from "./hlist_op.ts";
import { firstNotifier, nextNotifier, opsOf, traceHlistCall, traceHlistCalled } from "./hlist_walk.ts";
import { subscriptionsOf } from "./subscriptions.ts";
import type { MmuNotifierOps } from "./types.ts";

/** Page ageing and secondary TLBs: what only classic notifiers are told of (RULES 45). Ranges are [start, end), in bytes. */

type Mm = Ptr<"mm_struct">;
type Subscription = Ptr<"mmu_notifier">;

/** Has some device used the range since last asked? Forget it, and flush so that the next use is seen. Asks everybody. */
export function clearFlushYoung(current: Current, mm: Mm, start: bigint, end: bigint): Run<boolean> {
  return walk(current, mm, false, function* (ops, subscription) {
    if (ops.clearFlushYoung === undefined) return false;
    traceHlistCall(current, subscription, HLIST_OP_CLEAR_FLUSH_YOUNG, null);
    return yield* ops.clearFlushYoung(current, subscription, mm, start, end);
  });
}

/** {@link clearFlushYoung} without the flush. */
export function clearYoung(current: Current, mm: Mm, start: bigint, end: bigint): Run<boolean> {
  return walk(current, mm, false, function* (ops, subscription) {
    if (ops.clearYoung === undefined) return false;
    traceHlistCall(current, subscription, HLIST_OP_CLEAR_YOUNG, null);
    return yield* ops.clearYoung(current, subscription, mm, start, end);
  });
}

/** Has some device used the page at `address`? Asks until one says yes. */
export function testYoung(current: Current, mm: Mm, address: bigint): Run<boolean> {
  return walk(current, mm, true, function* (ops, subscription) {
    if (ops.testYoung === undefined) return false;
    traceHlistCall(current, subscription, HLIST_OP_TEST_YOUNG, null);
    return yield* ops.testYoung(current, subscription, mm, address);
  });
}

/** The CPU's TLB is being flushed: flush what devices cached of the same page table. Callbacks must not sleep. */
export function* archInvalidateSecondaryTlbs(current: Current, mm: Mm, start: bigint, end: bigint): Run<void> {
  yield* walk(current, mm, false, function* (ops, subscription) {
    if (ops.archInvalidateSecondaryTlbs === undefined) return false;
    traceHlistCall(current, subscription, HLIST_OP_ARCH_INVALIDATE, null);
    yield* ops.archInvalidateSecondaryTlbs(current, subscription, mm, start, end);
    traceHlistCalled(current, subscription, HLIST_OP_ARCH_INVALIDATE, null);
    return false;
  });
}

/** True if `ask` was for some notifier; `stopAtTrue`: ask no further then. */
function* walk(
  current: Current,
  mm: Mm,
  stopAtTrue: boolean,
  ask: (ops: MmuNotifierOps, subscription: Subscription) => Run<boolean>,
): Run<boolean> {
  const subscriptions = yield* subscriptionsOf(current, mm);
  if (subscriptions === NULL) return false;
  let result = false;
  yield* srcuReadLock(current);
  let subscription = yield* firstNotifier(current, subscriptions);
  while (subscription !== NULL && !(stopAtTrue && result)) {
    if (yield* ask(yield* opsOf(current, subscription), subscription)) result = true;
    subscription = yield* nextNotifier(current, subscription);
  }
  yield* srcuReadUnlock(current);
  return result;
}
