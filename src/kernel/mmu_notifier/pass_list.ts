import { read, readPtr, write } from "../../machine/access.ts";
import type { Run } from "../../machine/step.ts";
import { NULL, type Ptr } from "../../machine/struct.ts";
import { trace } from "../../machine/tracepoint.ts";
import type { Current } from "../current.ts";
import { kernelEvents } from "../tracepoints.ts";
import { invalidateAtOnce } from "./start_pass.ts";
import { MmuIntervalNotifierPass } from "./structs.ts";
import type { MmuIntervalNotifierOps, MmuIntervalPass, MmuNotifierRange, PassSlot } from "./types.ts";

/** Passes that wait to be carried out, first in first out: what the designs with any number of passes have in common. */

type Pass = Ptr<"mmu_interval_notifier_pass">;

/** The list's head, on its caller's stack. */
export interface PassList {
  first: Pass;
  last: Pass;
}

/** The first pass at one notifier; false if it could not, in a range that must not block. */
export function* startMultipass(
  current: Current, range: MmuNotifierRange, seq: number, list: PassList, sub: Ptr<"mmu_interval_notifier">, ops: MmuIntervalNotifierOps,
): Run<boolean> {
  if (ops.invalidateMultipass === undefined) return yield* invalidateAtOnce(current, range, seq, sub, ops);
  const slot: PassSlot = { pass: NULL };
  trace(current, kernelEvents.invalidateCall, sub, range.id, seq, 1);
  const ok = yield* ops.invalidateMultipass(current, sub, range, seq, slot);
  if (ok && slot.pass !== NULL) {
    yield* write(current, slot.pass, MmuIntervalNotifierPass.notifier, sub);
    yield* append(current, list, slot.pass);
  }
  trace(current, kernelEvents.invalidateCalled, sub, range.id, seq, ok ? 1 : 0, slot.pass);
  return ok;
}

/** Carry out a pass that is off the list. What it wants done next goes to the list's end. */
export function* runPass(current: Current, range: MmuNotifierRange, seq: number, list: PassList, pass: Pass): Run<void> {
  const sub: Ptr<"mmu_interval_notifier"> = yield* readPtr(current, pass, MmuIntervalNotifierPass.notifier);
  trace(current, kernelEvents.invalidateFinish, sub, range.id, pass);
  const next = yield* (yield* functionOf(current, pass)).run(current, pass, range, seq);
  if (next !== NULL) {
    yield* write(current, next, MmuIntervalNotifierPass.notifier, sub);
    yield* append(current, list, next);
    trace(current, kernelEvents.invalidateNextPass, sub, range.id, next);
  }
  trace(current, kernelEvents.invalidateFinished, sub, range.id, pass);
}

/** Take the pass after `former` off the list, the first one if that is NULL. The list has one. */
export function* takeAfter(current: Current, list: PassList, former: Pass): Run<Pass> {
  const pass = former === NULL ? list.first : yield* nextOf(current, former);
  const next = yield* nextOf(current, pass);
  if (former === NULL) list.first = next;
  else yield* write(current, former, MmuIntervalNotifierPass.link, next);
  if (list.last === pass) list.last = former;
  return pass;
}

export function nextOf(current: Current, pass: Pass): Run<Pass> {
  return readPtr(current, pass, MmuIntervalNotifierPass.link);
}

export function* functionOf(current: Current, pass: Pass): Run<MmuIntervalPass> {
  return current.kernel.notifier.intervalPass(yield* read(current, pass, MmuIntervalNotifierPass.pass));
}

function* append(current: Current, list: PassList, pass: Pass): Run<void> {
  yield* write(current, pass, MmuIntervalNotifierPass.link, NULL);
  if (list.last === NULL) list.first = pass;
  else yield* write(current, list.last, MmuIntervalNotifierPass.link, pass);
  list.last = pass;
}
