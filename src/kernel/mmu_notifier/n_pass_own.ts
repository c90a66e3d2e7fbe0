import { readPtr } from "../../machine/access.ts";
import type { Run } from "../../machine/step.ts";
import { NULL, type Ptr } from "../../machine/struct.ts";
import type { Current } from "../current.ts";
import { EAGAIN } from "../errno.ts";
import type { InvalidationStart } from "./itree.ts";
import { runPass, startMultipass } from "./multipass.ts";
import { takeReadyPasses } from "./pass_ready.ts";
import type { NotifierPasses } from "./passes.ts";
import { startPass } from "./start_pass.ts";
import { MmuIntervalNotifierPass } from "./structs.ts";
import type { MmuNotifierRange, PassSlot } from "./types.ts";

/**
 * Any number of passes, each registration progressing on its own: what Gunthorpe asked for on 18 Aug 2025 if there were to be
 * more than two ("support different counts properly or limit to two", RULES c). A pass says itself when it can be carried out
 * without waiting, the core takes whichever is ready, and sleeps only when none is. Nobody built it: the series
 * was limited to two passes. It costs what the list did not need: somebody who is told, hence a fence that calls back, and no
 * order of the passes to rely on.
 */
export const nPassOwnCore: NotifierPasses = {
  name: "n-pass-own",
  startsWith: "invalidateMultipass",
  isAnyOrder: true,
  invalidate,
};

type Pass = Ptr<"mmu_interval_notifier_pass">;

/** After so long without a ready pass it is looked whether one will never be, in microseconds. */
const STALL_US = 100_000;

function* invalidate(current: Current, range: MmuNotifierRange, { first, seq }: InvalidationStart): Run<number> {
  let left = 0;
  const refusing = yield* startPass(current, range, first, function* (sub, ops) {
    const slot: PassSlot = { pass: NULL };
    const ok = yield* startMultipass(current, range, seq, sub, ops, slot);
    if (slot.pass !== NULL) left++;
    return ok;
  });
  let ready: Pass = NULL;
  while (left > 0) {
    if (ready === NULL) ready = yield* waitForReady(current);
    const pass = ready;
    ready = yield* readPtr(current, pass, MmuIntervalNotifierPass.link); // before it is carried out: it may be gone then
    if ((yield* runPass(current, range, seq, pass)) === NULL) left--;
  }
  return refusing === NULL ? 0 : EAGAIN;
}

/** Sleep until some pass of this invalidation is ready. */
function* waitForReady(current: Current): Run<Pass> {
  const { notifier } = current.kernel;
  for (;;) {
    const first = yield* takeReadyPasses(current, notifier.passWaiterOf(current), current.nowUs() + STALL_US);
    if (first !== NULL) return first;
    for (const { stalled } of notifier.intervalPasses) {
      if (stalled !== undefined) yield* stalled(current);
    }
  }
}
