import { fillTlbs, invalidate, mapPages, mirrorAll, writePages } from "./operations.ts";
import type { Play } from "./play.ts";

/** The firmware may be slower than the driver has patience: a TLB invalidation that timed out is not done (RULES 70). */
export const lateFlush: Play = {
  name: "late-flush",
  summary: "a page that a TLB holds is invalidated, and the firmware may be a second late",
  rules: ["RULES 3", "RULES 14"],
  lateAnswerPercent: 50,
  targets: [{ first: 0, pages: 1 }],
  *populate(actor) {
    yield* mapPages(actor, 0, 1);
    yield* writePages(actor, 0, 1);
  },
  *prepare(actor) {
    yield* mirrorAll(actor, 1);
    yield* fillTlbs(actor, 1);
  },
  script: (cpu) => (cpu === 0 ? [invalidate(0, 1)] : []),
  accesses: () => [[]],
};
