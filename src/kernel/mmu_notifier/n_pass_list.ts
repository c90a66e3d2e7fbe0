import type { Run } from "../../machine/step.ts";
import { NULL } from "../../machine/struct.ts";
import type { Current } from "../current.ts";
import { EAGAIN } from "../errno.ts";
import type { InvalidationStart } from "./itree.ts";
import { runPass, startMultipass, takeAfter, type PassList } from "./pass_list.ts";
import type { NotifierPasses } from "./passes.ts";
import { startPass } from "./start_pass.ts";
import type { MmuNotifierRange } from "./types.ts";

/**
 * Any number of passes in naive round robin, as the RFC of 9 Aug 2025 has it (RULES c, d 2; Hellström): a pass may name the
 * next one, which goes to the end of the list. Argued for it: flexible, one walk over the tree, and the object carries what
 * an invocation has to remember. Against it (Gunthorpe, 18 Aug 2025): co-operative multithreading, in which a
 * driver that prepares and waits is no longer concurrent while another is in its third stage: a pass that blocks
 * holds up all behind it in the list, ready or not.
 */
export const nPassListCore: NotifierPasses = { name: "n-pass-list", invalidate };

function* invalidate(current: Current, range: MmuNotifierRange, { first, seq }: InvalidationStart): Run<number> {
  const list: PassList = { first: NULL, last: NULL };
  const refusing = yield* startPass(current, range, first, (sub, ops) => startMultipass(current, range, seq, list, sub, ops));
  // Also after a refusal: those that have started want to be finished, and cannot fail any more (RULES 28).
  while (list.first !== NULL) yield* runPass(current, range, seq, list, yield* takeAfter(current, list, NULL));
  return refusing === NULL ? 0 : EAGAIN;
}
