import { ACCESS_READ, ACCESS_WRITE } from "../../machine/access_kind.ts";
import { discard, mapPages, mirrorAll, serve, writePages } from "./operations.ts";
import type { Play } from "./play.ts";

/**
 * Both CPUs throw pages away, one of them the same: the second finds nothing left to zap, but a flush that is not done (RULES 20,
 * 21).
 */
export const overlap: Play = {
  name: "overlap",
  summary: "two CPUs invalidate overlapping parts of one range at the same time",
  rules: ["RULES 2", "RULES 3", "RULES 4", "RULES 11", "RULES 21"],
  targets: [{ first: 0, pages: 3 }],
  *populate(actor) {
    yield* mapPages(actor, 0, 3);
    yield* writePages(actor, 0, 3);
  },
  prepare: (actor) => mirrorAll(actor, 3),
  script: (cpu) => [[discard(0, 2)], [discard(1, 2), serve]][cpu] ?? [],
  accesses: () => [
    [
      { page: 1, kind: ACCESS_WRITE },
      { page: 2, kind: ACCESS_READ },
    ],
  ],
};
