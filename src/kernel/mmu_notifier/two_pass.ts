import { readPtr, write } from "../../machine/access.ts";
import type { Run } from "../../machine/step.ts";
import { NULL, type Ptr } from "../../machine/struct.ts";
import { trace } from "../../machine/tracepoint.ts";
import type { Current } from "../current.ts";
import { EAGAIN } from "../errno.ts";
import { kernelEvents } from "../tracepoints.ts";
import { itreeInvNext, type InvalidationStart } from "./itree.ts";
import { isRefusal, type NotifierPasses } from "./passes.ts";
import { invalidateAtOnce, opsOf } from "./start_pass.ts";
import { MmuIntervalNotifierFinish } from "./structs.ts";
import type { FinishSlot, MmuIntervalNotifierOps, MmuNotifierRange } from "./types.ts";

/**
 * The two passes over the notifiers that a range hits, as merged in Linux 7.1: each starts to stop its device, then each that
 * has something left to wait for finishes. So the devices' latencies overlap (RULES 14 to 20).
 *
 * Hellström and Brost argued for it (RULES c, d 5): one walk over the tree, an object for each invocation that carries what its
 * second pass needs, and ops that stay const. Against it (Popple): the object has to come from somewhere, in a hot path, only to
 * pass a pointer.
 */
export const twoPassCore: NotifierPasses = { name: "two-pass", startsWith: "invalidateStart", invalidate };

type IntervalSub = Ptr<"mmu_interval_notifier">;
type Finish = Ptr<"mmu_interval_notifier_finish">;

/** What was started and has to be finished, last in first out; the head is on the caller's stack. */
export interface PendingFinishes {
  first: Finish;
}

function* invalidate(current: Current, range: MmuNotifierRange, { first, seq }: InvalidationStart): Run<number> {
  const pending: PendingFinishes = { first: NULL };
  let result = 0;
  let sub = first;
  while (sub !== NULL) {
    const ok = yield* invalidateOne(current, sub, range, seq, pending);
    if (!ok && isRefusal(current, range)) {
      result = EAGAIN; // the first refusal ends the walk (RULES 27)
      break;
    }
    sub = yield* itreeInvNext(current, sub, range);
  }
  trace(current, kernelEvents.invalidateStartPassDone, range.mm, range.id, result);
  yield* finishPass(current, range, pending); // also after a refusal: of those already started (RULES 28)
  return result;
}

/** The first pass at one notifier; false if it could not, in a range that must not block. */
export function* invalidateOne(
  current: Current,
  sub: IntervalSub,
  range: MmuNotifierRange,
  seq: number,
  pending: PendingFinishes,
): Run<boolean> {
  const ops = yield* opsOf(current, sub);
  if (ops.invalidateStart === undefined) return yield* invalidateAtOnce(current, range, seq, sub, ops);
  const slot: FinishSlot = { finish: NULL }; // RULES 15
  trace(current, kernelEvents.invalidateCall, sub, range.id, seq, 1);
  const ok = yield* ops.invalidateStart(current, sub, range, seq, slot); // instead of, not beside, `invalidate` (RULES 14)
  if (ok && slot.finish !== NULL) yield* push(current, pending, slot.finish, sub); // RULES 16
  trace(current, kernelEvents.invalidateCalled, sub, range.id, seq, ok ? 1 : 0, slot.finish);
  return ok;
}

/** The second pass, in the order of the first (RULES 17). A callback may free or re-use its object (RULES 18). */
export function* finishPass(current: Current, range: MmuNotifierRange, pending: PendingFinishes): Run<void> {
  let finish = yield* reverse(current, pending.first);
  while (finish !== NULL) {
    const next = yield* linkOf(current, finish);
    const sub = yield* readPtr<"mmu_interval_notifier_finish", "mmu_interval_notifier">(
      current,
      finish,
      MmuIntervalNotifierFinish.notifier,
    );
    const ops = yield* opsOf(current, sub);
    trace(current, kernelEvents.invalidateFinish, sub, range.id, finish);
    yield* finishOf(ops)(current, finish);
    trace(current, kernelEvents.invalidateFinished, sub, range.id, finish);
    finish = next;
  }
}

function* push(current: Current, pending: PendingFinishes, finish: Finish, sub: IntervalSub): Run<void> {
  yield* write(current, finish, MmuIntervalNotifierFinish.notifier, sub);
  yield* write(current, finish, MmuIntervalNotifierFinish.link, pending.first);
  pending.first = finish;
}

function* reverse(current: Current, list: Finish): Run<Finish> {
  let reversed: Finish = NULL;
  let finish = list;
  while (finish !== NULL) {
    const next = yield* linkOf(current, finish);
    yield* write(current, finish, MmuIntervalNotifierFinish.link, reversed);
    reversed = finish;
    finish = next;
  }
  return reversed;
}

function linkOf(current: Current, finish: Finish): Run<Finish> {
  return readPtr(current, finish, MmuIntervalNotifierFinish.link);
}

/** RULES 25: an insert that did not complain leads here, where the kernel calls NULL. */
function finishOf(ops: MmuIntervalNotifierOps): NonNullable<MmuIntervalNotifierOps["invalidateFinish"]> {
  if (ops.invalidateFinish === undefined)
    throw new TypeError("mmu_interval_notifier_ops has invalidate_start but not invalidate_finish");
  return ops.invalidateFinish;
}
