import { read } from "../../machine/access.ts";
import type { Run } from "../../machine/step.ts";
import { NULL, type Ptr } from "../../machine/struct.ts";
import { trace } from "../../machine/tracepoint.ts";
import type { Current } from "../current.ts";
import { EAGAIN } from "../errno.ts";
import { kernelEvents } from "../tracepoints.ts";
import { itreeInvNext } from "./itree.ts";
import { isRefusal } from "./passes.ts";
import { MmuIntervalNotifier } from "./structs.ts";
import type { MmuIntervalNotifierOps, MmuNotifierRange } from "./types.ts";

/**
 * The first walk over the notifiers that a range hits, as the designs have it in common that were not merged; and what all of
 * them have.
 */

type IntervalSub = Ptr<"mmu_interval_notifier">;

/** Let a notifier start; false if it could not, in a range that must not block. */
type Start = (sub: IntervalSub, ops: MmuIntervalNotifierOps) => Run<boolean>;

/** Start one after the other. The notifier whose refusal ended the walk (RULES 27); NULL if none did. */
export function* startPass(current: Current, range: MmuNotifierRange, first: IntervalSub, start: Start): Run<IntervalSub> {
  let sub = first;
  while (sub !== NULL) {
    const ops = yield* opsOf(current, sub);
    if (!(yield* start(sub, ops)) && isRefusal(current, range)) break;
    sub = yield* itreeInvNext(current, sub, range);
  }
  trace(current, kernelEvents.invalidateStartPassDone, range.mm, range.id, sub === NULL ? 0 : EAGAIN);
  return sub;
}

export function* opsOf(current: Current, sub: IntervalSub): Run<MmuIntervalNotifierOps> {
  return current.kernel.notifier.intervalOps(yield* read(current, sub, MmuIntervalNotifier.ops));
}

/** A notifier that does everything in one pass, as every design has to put up with. */
export function* invalidateAtOnce(
  current: Current,
  range: MmuNotifierRange,
  seq: number,
  sub: IntervalSub,
  ops: MmuIntervalNotifierOps,
): Run<boolean> {
  trace(current, kernelEvents.invalidateCall, sub, range.id, seq, 0);
  const ok = yield* ops.invalidate!(current, sub, range, seq); // it is there: see registerIntervalOps
  trace(current, kernelEvents.invalidateCalled, sub, range.id, seq, ok ? 1 : 0, NULL);
  return ok;
}
