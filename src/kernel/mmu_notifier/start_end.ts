import type { Run } from "../../machine/step.ts";
import { NULL, type Ptr } from "../../machine/struct.ts";
import { trace } from "../../machine/tracepoint.ts";
import type { Current } from "../current.ts";
import { EAGAIN } from "../errno.ts";
import { kernelEvents } from "../tracepoints.ts";
import { itreeInvNext, type InvalidationStart } from "./itree.ts";
import type { NotifierPasses } from "./passes.ts";
import { invalidateAtOnce, opsOf, startPass } from "./start_pass.ts";
import type { MmuIntervalNotifierOps, MmuNotifierRange } from "./types.ts";

/**
 * Two callbacks, start and end, and a walk over the tree for each (RULES c, d 4). Popple preferred it on 19 Aug 2025: clear
 * names, and no allocation in a hot path only to pass a pointer; he conceded that context needs a list. Against it
 * (Hellström): the second walk makes it O(n log n) again, where a list costs only those that have something left. What is not
 * said there: the second walk also calls those that did nothing, and there is no object, so that a driver has nothing of
 * its own for one invocation.
 */
export const startEndCore: NotifierPasses = { name: "start-end", startsWith: "invalidateBegin", invalidate };

type IntervalSub = Ptr<"mmu_interval_notifier">;

function* invalidate(current: Current, range: MmuNotifierRange, { first, seq }: InvalidationStart): Run<number> {
  const refusing = yield* startPass(current, range, first, (sub, ops) => begin(current, range, seq, sub, ops));
  for (let sub = first; sub !== refusing; sub = yield* itreeInvNext(current, sub, range)) {
    // not one that was not started (RULES 28)
    const { invalidateEnd } = yield* opsOf(current, sub);
    if (invalidateEnd === undefined) continue;
    trace(current, kernelEvents.invalidateFinish, sub, range.id, sub);
    yield* invalidateEnd(current, sub, range, seq);
    trace(current, kernelEvents.invalidateFinished, sub, range.id, sub);
  }
  return refusing === NULL ? 0 : EAGAIN;
}

function* begin(
  current: Current,
  range: MmuNotifierRange,
  seq: number,
  sub: IntervalSub,
  ops: MmuIntervalNotifierOps,
): Run<boolean> {
  if (ops.invalidateBegin === undefined) return yield* invalidateAtOnce(current, range, seq, sub, ops);
  trace(current, kernelEvents.invalidateCall, sub, range.id, seq, 1);
  const ok = yield* ops.invalidateBegin(current, sub, range, seq);
  trace(current, kernelEvents.invalidateCalled, sub, range.id, seq, ok ? 1 : 0, ok ? sub : NULL);
  return ok;
}
