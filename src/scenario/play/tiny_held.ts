import { fillTlbs, invalidate, mapPages, mirrorAll, writePages } from "./operations.ts";
import type { Play } from "./play.ts";

/**
 * As tiny-nested, but the GPU has been there before the play begins: nothing is concurrent but the two invalidations and their
 * flush.
 */
export const tinyHeld: Play = {
  name: "tiny-held",
  summary: "two invalidations of one page that a TLB holds: all traces can be run in about an hour",
  rules: ["RULES 2", "RULES 3", "RULES 21"],
  nobodyRebinds: true,
  targets: [{ first: 0, pages: 1 }],
  *populate(actor) {
    yield* mapPages(actor, 0, 1);
    yield* writePages(actor, 0, 1);
  },
  *prepare(actor) {
    yield* mirrorAll(actor, 1);
    yield* fillTlbs(actor, 1);
  },
  script: (cpu) => (cpu < 2 ? [invalidate(0, 1)] : []),
  accesses: () => [[]],
};
