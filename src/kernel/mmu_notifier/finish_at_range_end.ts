import type { Run } from "../../machine/step.ts";
import { NULL } from "../../machine/struct.ts";
import type { Current } from "../current.ts";
import { EAGAIN } from "../errno.ts";
import type { InvalidationStart } from "./itree.ts";
import type { NotifierPasses } from "./passes.ts";
import { startPass } from "./start_pass.ts";
import { finishPass, invalidateOne, type PendingFinishes } from "./two_pass.ts";
import type { MmuNotifierRange } from "./types.ts";

/**
 * Two passes of which the second is made at range_end, after all the work of the mm (RULES d 10): as much overlap as there can
 * be, and wrong. The pages are freed before range_end, and devices go on using them until their finish: the lesson of 2014
 * (RULES g, "too late") and of 2025 ("defer the free, never only the flush"). A negative control: oracles have to object.
 */
export const finishAtRangeEndCore: NotifierPasses = {
  name: "finish-at-range-end",
  startsWith: "invalidateStart",
  invalidate,
  atRangeEnd,
};

function* invalidate(current: Current, range: MmuNotifierRange, { first, seq }: InvalidationStart): Run<number> {
  const pending: PendingFinishes = { first: NULL };
  const refusing = yield* startPass(current, range, first, (sub) => invalidateOne(current, sub, range, seq, pending));
  if (refusing === NULL) {
    range.unfinished = pending.first;
    return 0;
  }
  yield* finishPass(current, range, pending); // no range_end will follow (RULES 28)
  return EAGAIN;
}

function* atRangeEnd(current: Current, range: MmuNotifierRange): Run<void> {
  yield* finishPass(current, range, { first: range.unfinished });
}
