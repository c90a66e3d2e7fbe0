import type { Run } from "../../machine/step.ts";
import { NULL, type Ptr } from "../../machine/struct.ts";
import { trace } from "../../machine/tracepoint.ts";
import type { Current } from "../current.ts";
import { EAGAIN } from "../errno.ts";
import { hlistEmpty } from "../hlist.ts";
import { kernelEvents } from "../tracepoints.ts";
import { warn, WARN_BLOCKABLE_CALLBACK_RETURNED_FALSE } from "../warn.ts";
import { hlistInvalidateRangeEnd, hlistInvalidateRangeStart } from "./hlist_invalidate.ts";
import { itreeInvEnd, itreeInvNext, itreeInvStartRange } from "./itree.ts";
import { rangeStartMapAcquire, rangeStartMapRelease } from "./lockdep_map.ts";
import { MmuNotifierSubscriptions } from "./structs.ts";
import { hasItree, subscriptionsOf } from "./subscriptions.ts";
import { finishPass, invalidateOne, type PendingFinishes } from "./two_pass.ts";
import type { MmuNotifierRange } from "./types.ts";

type Subscriptions = Ptr<"mmu_notifier_subscriptions">;

/**
 * Tell everybody to stop using the range; on return nobody does, until range_end. Callbacks may sleep. Always 0, as far
 * as callers are concerned.
 */
export function mmuNotifierInvalidateRangeStart(current: Current, range: MmuNotifierRange): Run<number> {
  range.blockable = true;
  return rangeStart(current, range);
}

/**
 * The same for callers that must not sleep (the OOM reaper): 0, or -EAGAIN if somebody would have to; then the range is
 * over and range_end must not be called (RULES 27, 28).
 */
export function mmuNotifierInvalidateRangeStartNonblock(current: Current, range: MmuNotifierRange): Run<number> {
  range.blockable = false;
  return rangeStart(current, range);
}

/** The page tables are changed: who stopped using the range may ask for it again. */
export function* mmuNotifierInvalidateRangeEnd(current: Current, range: MmuNotifierRange): Run<void> {
  trace(current, kernelEvents.invalidateRangeEnd, range.mm, Number(range.start), Number(range.end), range.id);
  const subscriptions = yield* subscriptionsOf(current, range.mm);
  if (subscriptions === NULL) return;
  rangeStartMapAcquire(current);
  if (yield* hasItree(current, subscriptions)) yield* itreeInvEnd(current, range.mm, subscriptions);
  if (!(yield* hlistEmpty(current, subscriptions, MmuNotifierSubscriptions.list))) {
    yield* hlistInvalidateRangeEnd(current, subscriptions, range);
  }
  rangeStartMapRelease(current);
}

function* rangeStart(current: Current, range: MmuNotifierRange): Run<number> {
  const { mm, id } = range;
  const start = Number(range.start);
  const end = Number(range.end);
  trace(current, kernelEvents.invalidateRangeStart, mm, start, end, range.event, range.blockable ? 1 : 0, id);
  const subscriptions = yield* subscriptionsOf(current, mm);
  let result = 0;
  if (subscriptions !== NULL) {
    rangeStartMapAcquire(current);
    result = yield* notify(current, subscriptions, range);
    rangeStartMapRelease(current);
  }
  trace(current, kernelEvents.invalidateRangeStarted, mm, start, end, id, result);
  return result;
}

/** Interval notifiers, both passes, then classic ones (RULES 24). What the former did is not undone if the latter fail (RULES 31). */
function* notify(current: Current, subscriptions: Subscriptions, range: MmuNotifierRange): Run<number> {
  if (yield* hasItree(current, subscriptions)) {
    const result = yield* itreeInvalidate(current, subscriptions, range);
    if (result !== 0) return result;
  }
  if (yield* hlistEmpty(current, subscriptions, MmuNotifierSubscriptions.list)) return 0;
  return yield* hlistInvalidateRangeStart(current, subscriptions, range);
}

function* itreeInvalidate(current: Current, subscriptions: Subscriptions, range: MmuNotifierRange): Run<number> {
  const pending: PendingFinishes = { first: NULL };
  const { first, seq } = yield* itreeInvStartRange(current, subscriptions, range);
  let result = 0;
  let sub = first;
  while (sub !== NULL) {
    const ok = yield* invalidateOne(current, sub, range, seq, pending);
    if (!ok && !range.blockable) {
      result = EAGAIN; // the first refusal ends the walk (RULES 27)
      break;
    }
    if (!ok) warn(current, WARN_BLOCKABLE_CALLBACK_RETURNED_FALSE); // and go on (RULES 30)
    sub = yield* itreeInvNext(current, sub, range);
  }
  trace(current, kernelEvents.invalidateStartPassDone, range.mm, range.id, result);
  yield* finishPass(current, range, pending);
  if (result !== 0) yield* itreeInvEnd(current, range.mm, subscriptions); // RULES 28
  return result;
}
