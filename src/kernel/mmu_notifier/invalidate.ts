import type { Run } from "../../machine/step.ts";
import { NULL, type Ptr } from "../../machine/struct.ts";
import { trace } from "../../machine/tracepoint.ts";
import type { Current } from "../current.ts";
import { hlistEmpty } from "../hlist.ts";
import { kernelEvents } from "../tracepoints.ts";
import { hlistInvalidateRangeEnd, hlistInvalidateRangeStart } from "./hlist_invalidate.ts";
import { itreeInvEnd, itreeInvStartRange } from "./itree.ts";
import { mightWaitForInvalidation, rangeStartMapAcquire, rangeStartMapRelease } from "./lockdep_map.ts";
import { MmuNotifierSubscriptions } from "./structs.ts";
import { hasItree, subscriptionsOf } from "./subscriptions.ts";
import type { MmuNotifierRange } from "./types.ts";

type Subscriptions = Ptr<"mmu_notifier_subscriptions">;

/**
 * Tell everybody to stop using the range; on return nobody does, until range_end. Callbacks may sleep. Cannot fail: what a
 * classic notifier answers here is not listened to (RULES 31).
 */
export function* mmuNotifierInvalidateRangeStart(current: Current, range: MmuNotifierRange): Run<void> {
  range.blockable = true;
  traceStart(current, range);
  yield* notify(current, range);
  traceStarted(current, range, 0);
}

/**
 * The same for callers that must not sleep (the OOM reaper): 0, or -EAGAIN if somebody would have to; then the range is
 * over and range_end must not be called (RULES 27, 28).
 */
export function* mmuNotifierInvalidateRangeStartNonblock(current: Current, range: MmuNotifierRange): Run<number> {
  range.blockable = false;
  traceStart(current, range);
  const result = yield* notify(current, range);
  traceStarted(current, range, result);
  return result;
}

/** The page tables are changed: who stopped using the range may ask for it again. */
export function* mmuNotifierInvalidateRangeEnd(current: Current, range: MmuNotifierRange): Run<void> {
  trace(current, kernelEvents.invalidateRangeEnd, range.mm, Number(range.start), Number(range.end), range.id);
  const subscriptions = yield* subscriptionsOf(current, range.mm);
  if (subscriptions === NULL) return;
  rangeStartMapAcquire(current);
  if (yield* hasItree(current, subscriptions)) {
    const { atRangeEnd } = current.kernel.notifier.passes;
    if (atRangeEnd !== undefined) yield* atRangeEnd(current, range);
    yield* itreeInvEnd(current, range.mm, subscriptions);
  }
  if (!(yield* hlistEmpty(current, subscriptions, MmuNotifierSubscriptions.list))) {
    yield* hlistInvalidateRangeEnd(current, subscriptions, range);
  }
  rangeStartMapRelease(current);
}

/**
 * Interval notifiers, all passes, then classic ones (RULES 24). As merged, what the former did is not undone if the latter fail
 * (RULES 31; docs/findings/7).
 */
function* notify(current: Current, range: MmuNotifierRange): Run<number> {
  const subscriptions = yield* subscriptionsOf(current, range.mm);
  if (subscriptions === NULL) {
    mightWaitForInvalidation(current); // if there were anybody to tell (RULES 12)
    return 0;
  }
  rangeStartMapAcquire(current);
  let result = 0;
  if (yield* hasItree(current, subscriptions)) result = yield* itreeInvalidate(current, subscriptions, range);
  if (result === 0 && !(yield* hlistEmpty(current, subscriptions, MmuNotifierSubscriptions.list))) {
    result = yield* hlistInvalidate(current, subscriptions, range);
  }
  rangeStartMapRelease(current);
  return result;
}

function* itreeInvalidate(current: Current, subscriptions: Subscriptions, range: MmuNotifierRange): Run<number> {
  const start = yield* itreeInvStartRange(current, subscriptions, range);
  const result = yield* current.kernel.notifier.passes.invalidate(current, range, start);
  if (result !== 0) yield* itreeInvEnd(current, range.mm, subscriptions); // RULES 28
  return result;
}

function traceStart(current: Current, { mm, start, end, event, owner, blockable, id }: MmuNotifierRange): void {
  trace(current, kernelEvents.invalidateRangeStart, mm, Number(start), Number(end), event, blockable ? 1 : 0, id);
  if (owner !== 0) trace(current, kernelEvents.invalidateOwner, id, owner);
}

function traceStarted(current: Current, { mm, start, end, id }: MmuNotifierRange, result: number): void {
  trace(current, kernelEvents.invalidateRangeStarted, mm, Number(start), Number(end), id, result);
}

function* hlistInvalidate(current: Current, subscriptions: Subscriptions, range: MmuNotifierRange): Run<number> {
  const result = yield* hlistInvalidateRangeStart(current, subscriptions, range);
  const { whenClassicRefuses } = current.kernel.notifier.passes;
  if (result !== 0 && !range.blockable && whenClassicRefuses !== undefined)
    yield* whenClassicRefuses(current, range, subscriptions);
  return result;
}
