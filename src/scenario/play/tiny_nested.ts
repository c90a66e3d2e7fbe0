import { ACCESS_READ } from "../../machine/access_kind.ts";
import { invalidate, mapPages, mirrorAll, writePages } from "./operations.ts";
import type { Play } from "./play.ts";

/** Two invalidations of the same page, and nothing else: whether the second waits for what the first has begun (RULES 21). */
export const tinyNested: Play = {
  name: "tiny-nested",
  summary: "two invalidations of one page under one access",
  rules: ["RULES 2", "RULES 3", "RULES 21"],
  nobodyRebinds: true,
  targets: [{ first: 0, pages: 1 }],
  *populate(actor) {
    yield* mapPages(actor, 0, 1);
    yield* writePages(actor, 0, 1);
  },
  prepare: (actor) => mirrorAll(actor, 1),
  script: (cpu) => (cpu < 2 ? [invalidate(0, 1)] : []),
  accesses: (gpu) => (gpu === 0 ? [[{ page: 0, kind: ACCESS_READ }]] : [[]]),
};
