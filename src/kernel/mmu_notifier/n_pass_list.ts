import { readPtr, write } from "../../machine/access.ts";
import type { Run } from "../../machine/step.ts";
import { NULL, type Ptr } from "../../machine/struct.ts";
import type { Current } from "../current.ts";
import { EAGAIN } from "../errno.ts";
import type { InvalidationStart } from "./itree.ts";
import { runPass, startMultipass } from "./multipass.ts";
import type { NotifierPasses } from "./passes.ts";
import { startPass } from "./start_pass.ts";
import { MmuIntervalNotifierPass } from "./structs.ts";
import type { MmuNotifierRange, PassSlot } from "./types.ts";

/**
 * Any number of passes in naive round robin, as the RFC of 9 Aug 2025 has it (RULES c, d 2; Hellström): a pass may name the
 * next one, which goes to the end of the list. Argued for it: flexible, one walk over the tree, and the object carries what
 * an invocation has to remember. Against it (Gunthorpe, 18 Aug 2025): co-operative multithreading, in which a
 * driver that prepares and waits is no longer concurrent while another is in its third stage: a pass that blocks
 * holds up all behind it in the list, ready or not.
 */
export const nPassListCore: NotifierPasses = { name: "n-pass-list", startsWith: "invalidateMultipass", invalidate };

type Pass = Ptr<"mmu_interval_notifier_pass">;

/** First in, first out; the head is on the caller's stack. */
interface PassList {
  first: Pass;
  last: Pass;
}

function* invalidate(current: Current, range: MmuNotifierRange, { first, seq }: InvalidationStart): Run<number> {
  const list: PassList = { first: NULL, last: NULL };
  const refusing = yield* startPass(current, range, first, function* (sub, ops) {
    const slot: PassSlot = { pass: NULL };
    const ok = yield* startMultipass(current, range, seq, sub, ops, slot);
    if (slot.pass !== NULL) yield* append(current, list, slot.pass);
    return ok;
  });
  // Also after a refusal: those that have started want to be finished, and cannot fail any more (RULES 28).
  while (list.first !== NULL) {
    const next = yield* runPass(current, range, seq, yield* takeFirst(current, list));
    if (next !== NULL) yield* append(current, list, next);
  }
  return refusing === NULL ? 0 : EAGAIN;
}

function* append(current: Current, list: PassList, pass: Pass): Run<void> {
  yield* write(current, pass, MmuIntervalNotifierPass.link, NULL);
  if (list.last === NULL) list.first = pass;
  else yield* write(current, list.last, MmuIntervalNotifierPass.link, pass);
  list.last = pass;
}

function* takeFirst(current: Current, list: PassList): Run<Pass> {
  const pass = list.first;
  list.first = yield* readPtr(current, pass, MmuIntervalNotifierPass.link);
  if (list.first === NULL) list.last = NULL;
  return pass;
}
