import { ACCESS_WRITE } from "../../machine/access_kind.ts";
import { discard, mapPages, mirrorAll, serve, writePages } from "./operations.ts";
import type { Play } from "./play.ts";

/**
 * One page has something to flush, so that its neighbour, which is just being looked up, is dealt with in the second pass too
 * (RULES 22).
 */
export const faultBeside: Play = {
  name: "fault-beside",
  summary: "a GPU fault looks a page up that is being thrown away together with one that the GPU has",
  rules: ["RULES 8", "RULES 9", "RULES 10", "RULES 21", "RULES 22", "RULES 62"],
  targets: [{ first: 0, pages: 2 }],
  *populate(actor) {
    yield* mapPages(actor, 0, 2);
    yield* writePages(actor, 0, 2);
  },
  prepare: (actor) => mirrorAll(actor, 1),
  script: (cpu) => [[discard(0, 2)], [serve]][cpu] ?? [],
  accesses: () => [
    [
      { page: 1, kind: ACCESS_WRITE },
      { page: 1, kind: ACCESS_WRITE },
    ],
  ],
};
