import type { Run } from "../../machine/step.ts";
import { NULL, type Ptr } from "../../machine/struct.ts";
import { trace } from "../../machine/tracepoint.ts";
import type { Current } from "../current.ts";
import { EAGAIN } from "../errno.ts";
import { srcuReadLock, srcuReadUnlock } from "../srcu.ts";
import { kernelEvents } from "../tracepoints.ts";
import { warn, WARN_RANGE_START_ERROR_NOT_ALLOWED, WARN_RANGE_START_FAILED_BUT_HAS_RANGE_END } from "../warn.ts";
import { HLIST_OP_RANGE_END, HLIST_OP_RANGE_START } from "./hlist_op.ts";
import { firstNotifier, nextNotifier, opsOf, traceHlistCall, traceHlistCalled } from "./hlist_walk.ts";
import type { MmuNotifierOps, MmuNotifierRange } from "./types.ts";

type Subscriptions = Ptr<"mmu_notifier_subscriptions">;

/**
 * range_start of the classic notifiers. All of them are called, whatever some return; the last error is returned, and
 * then those that have a range_end get it at once, since the caller will not call it (RULES 31).
 */
export function* hlistInvalidateRangeStart(current: Current, subscriptions: Subscriptions, range: MmuNotifierRange): Run<number> {
  let result = 0;
  yield* srcuReadLock(current);
  let subscription = yield* firstNotifier(current, subscriptions);
  while (subscription !== NULL) {
    const ops = yield* opsOf(current, subscription);
    const error = yield* callRangeStart(current, ops, subscription, range);
    if (error !== 0) result = error;
    subscription = yield* nextNotifier(current, subscription);
  }
  if (result !== 0) yield* callRangeEnds(current, subscriptions, range);
  yield* srcuReadUnlock(current);
  return result;
}

/** range_end of the classic notifiers, marked as non-blocking if the range is. */
export function* hlistInvalidateRangeEnd(current: Current, subscriptions: Subscriptions, range: MmuNotifierRange): Run<void> {
  yield* srcuReadLock(current);
  let subscription = yield* firstNotifier(current, subscriptions);
  while (subscription !== NULL) {
    const ops = yield* opsOf(current, subscription);
    if (ops.invalidateRangeEnd !== undefined) {
      traceHlistCall(current, subscription, HLIST_OP_RANGE_END, range);
      if (!range.blockable) nonBlockStart(current);
      yield* ops.invalidateRangeEnd(current, subscription, range);
      if (!range.blockable) nonBlockEnd(current);
      traceHlistCalled(current, subscription, HLIST_OP_RANGE_END, range);
    }
    subscription = yield* nextNotifier(current, subscription);
  }
  yield* srcuReadUnlock(current);
}

function* callRangeStart(
  current: Current,
  ops: MmuNotifierOps,
  subscription: Ptr<"mmu_notifier">,
  range: MmuNotifierRange,
): Run<number> {
  if (ops.invalidateRangeStart === undefined) return 0;
  traceHlistCall(current, subscription, HLIST_OP_RANGE_START, range);
  if (!range.blockable) nonBlockStart(current);
  const error = yield* ops.invalidateRangeStart(current, subscription, range);
  if (!range.blockable) nonBlockEnd(current);
  traceHlistCalled(current, subscription, HLIST_OP_RANGE_START, range);
  if (error === 0) return 0;
  trace(current, kernelEvents.hlistStartFailed, subscription, range.id, error, range.blockable ? 1 : 0);
  if (range.blockable || error !== EAGAIN) warn(current, WARN_RANGE_START_ERROR_NOT_ALLOWED);
  if (ops.invalidateRangeEnd !== undefined) warn(current, WARN_RANGE_START_FAILED_BUT_HAS_RANGE_END);
  return error;
}

/** After a failed start; unlike the ordinary ends these are not marked as non-blocking. */
function* callRangeEnds(current: Current, subscriptions: Subscriptions, range: MmuNotifierRange): Run<void> {
  let subscription = yield* firstNotifier(current, subscriptions);
  while (subscription !== NULL) {
    const ops = yield* opsOf(current, subscription);
    if (ops.invalidateRangeEnd !== undefined) {
      traceHlistCall(current, subscription, HLIST_OP_RANGE_END, range);
      yield* ops.invalidateRangeEnd(current, subscription, range);
      traceHlistCalled(current, subscription, HLIST_OP_RANGE_END, range);
    }
    subscription = yield* nextNotifier(current, subscription);
  }
}

/** `non_block_start()`: sleeping is forbidden until {@link nonBlockEnd}. */
function nonBlockStart(current: Current): void {
  current.atomicDepth++;
}

function nonBlockEnd(current: Current): void {
  current.atomicDepth--;
}
