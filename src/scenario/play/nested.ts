import { ACCESS_WRITE } from "../../machine/access_kind.ts";
import { discard, mapPages, mirrorAll, serve, writePages } from "./operations.ts";
import type { Play } from "./play.ts";

/**
 * One invalidation lies inside another: who comes second has nothing to zap and nothing to flush, only something to wait for
 * (RULES 21).
 */
export const nested: Play = {
  name: "nested",
  summary: "one CPU invalidates a page out of the middle of what another is invalidating",
  rules: ["RULES 2", "RULES 3", "RULES 21"],
  targets: [{ first: 0, pages: 2 }],
  *populate(actor) {
    yield* mapPages(actor, 0, 2);
    yield* writePages(actor, 0, 2);
  },
  prepare: (actor) => mirrorAll(actor, 2),
  script: (cpu) => [[discard(0, 2)], [discard(1, 1), serve]][cpu] ?? [],
  accesses: () => [[{ page: 1, kind: ACCESS_WRITE }]],
};
