import type { Run } from "../../machine/step.ts";
import { NULL, type Ptr } from "../../machine/struct.ts";
import { trace } from "../../machine/tracepoint.ts";
import type { Current } from "../current.ts";
import { EAGAIN } from "../errno.ts";
import { kernelEvents } from "../tracepoints.ts";
import { itreeInvNext, type InvalidationStart } from "./itree.ts";
import type { NotifierPasses } from "./passes.ts";
import { invalidateAtOnce, opsOf, startPass } from "./start_pass.ts";
import { PASS_AGAIN, PASS_REFUSED, type MmuNotifierRange } from "./types.ts";

/**
 * One callback with the number of the pass, which returns whether it wants another, and a walk over the tree for each
 * (RULES c, d 3): Gunthorpe's question of 18 Aug 2025, "why a list, why not a pass counter and a return code". Claimed for it: no
 * list and no allocation. Brost's answer: the list's node carries what one invocation has to remember, since a notifier may be
 * invoked several times at once, with the same number and other ranges. Here nobody remembers anything, not even the core who
 * wanted another pass: all are called again, up to the one that refused.
 */
export const passCounterCore: NotifierPasses = { name: "pass-counter", startsWith: "invalidatePass", invalidate };

type IntervalSub = Ptr<"mmu_interval_notifier">;

function* invalidate(current: Current, range: MmuNotifierRange, { first, seq }: InvalidationStart): Run<number> {
  let again = false;
  const refusing = yield* startPass(current, range, first, function* (sub, ops) {
    if (ops.invalidatePass === undefined) return yield* invalidateAtOnce(current, range, seq, sub, ops);
    trace(current, kernelEvents.invalidateCall, sub, range.id, seq, 1);
    const answer = yield* ops.invalidatePass(current, sub, range, seq, 0);
    trace(
      current,
      kernelEvents.invalidateCalled,
      sub,
      range.id,
      seq,
      answer === PASS_REFUSED ? 0 : 1,
      answer === PASS_AGAIN ? sub : NULL,
    );
    again ||= answer === PASS_AGAIN;
    return answer !== PASS_REFUSED;
  });
  for (let pass = 1; again; pass++) again = yield* walkAgain(current, range, seq, first, refusing, pass);
  return refusing === NULL ? 0 : EAGAIN;
}

/** Pass number `pass` of all notifiers before `end`; true if any wants another one. */
function* walkAgain(
  current: Current,
  range: MmuNotifierRange,
  seq: number,
  first: IntervalSub,
  end: IntervalSub,
  pass: number,
): Run<boolean> {
  let again = false;
  for (let sub = first; sub !== end; sub = yield* itreeInvNext(current, sub, range)) {
    const { invalidatePass } = yield* opsOf(current, sub);
    if (invalidatePass === undefined) continue;
    trace(current, kernelEvents.invalidateFinish, sub, range.id, sub);
    const wantsAnother = (yield* invalidatePass(current, sub, range, seq, pass)) === PASS_AGAIN;
    if (wantsAnother) trace(current, kernelEvents.invalidateNextPass, sub, range.id, sub);
    trace(current, kernelEvents.invalidateFinished, sub, range.id, sub);
    again ||= wantsAnother;
  }
  return again;
}
