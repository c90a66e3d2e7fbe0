import { read, readPtr, write } from "../../machine/access.ts";
import type { Run } from "../../machine/step.ts";
import { NULL, type Ptr } from "../../machine/struct.ts";
import { trace } from "../../machine/tracepoint.ts";
import type { Current } from "../current.ts";
import { kernelEvents } from "../tracepoints.ts";
import { invalidateAtOnce } from "./start_pass.ts";
import { MmuIntervalNotifierPass } from "./structs.ts";
import type { MmuIntervalNotifierOps, MmuNotifierRange, PassSlot } from "./types.ts";

/** Any number of passes: what the designs have in common that differ in which pass comes next. */

type Pass = Ptr<"mmu_interval_notifier_pass">;

/** Let a notifier start. Its next pass is in `slot`, if it has one and has not refused. */
export function* startMultipass(
  current: Current,
  range: MmuNotifierRange,
  seq: number,
  sub: Ptr<"mmu_interval_notifier">,
  ops: MmuIntervalNotifierOps,
  slot: PassSlot,
): Run<boolean> {
  if (ops.invalidateMultipass === undefined) return yield* invalidateAtOnce(current, range, seq, sub, ops);
  trace(current, kernelEvents.invalidateCall, sub, range.id, seq, 1);
  const ok = yield* ops.invalidateMultipass(current, sub, range, seq, slot);
  trace(current, kernelEvents.invalidateCalled, sub, range.id, seq, ok ? 1 : 0, slot.pass);
  if (!ok) slot.pass = NULL; // RULES 16
  if (slot.pass !== NULL) yield* write(current, slot.pass, MmuIntervalNotifierPass.notifier, sub);
  return ok;
}

/** Carry out a pass. The next one, NULL after the last. */
export function* runPass(current: Current, range: MmuNotifierRange, seq: number, pass: Pass): Run<Pass> {
  const sub: Ptr<"mmu_interval_notifier"> = yield* readPtr(current, pass, MmuIntervalNotifierPass.notifier);
  const { run } = current.kernel.notifier.intervalPass(yield* read(current, pass, MmuIntervalNotifierPass.pass));
  trace(current, kernelEvents.invalidateFinish, sub, range.id, pass);
  const next = yield* run(current, pass, range, seq);
  if (next !== NULL) {
    trace(current, kernelEvents.invalidateNextPass, sub, range.id, next);
    yield* write(current, next, MmuIntervalNotifierPass.notifier, sub);
  }
  trace(current, kernelEvents.invalidateFinished, sub, range.id, pass);
  return next;
}
