import { ACCESS_READ, ACCESS_WRITE } from "../../machine/access_kind.ts";
import { discard, mapPages, mirrorAll, serve, write, writePages } from "./operations.ts";
import type { Play } from "./play.ts";

/** What a fault has just brought back is thrown away again, so that invalidations meet commits (RULES 7, 9). */
export const refault: Play = {
  name: "refault",
  summary: "a page is thrown away twice while GPUs fault it in again",
  rules: ["RULES 7", "RULES 8", "RULES 9", "RULES 10", "RULES 22", "RULES 52", "RULES 56"],
  targets: [{ first: 0, pages: 2 }],
  *populate(actor) {
    yield* mapPages(actor, 0, 2);
    yield* writePages(actor, 0, 2);
  },
  prepare: (actor) => mirrorAll(actor, 2),
  script: (cpu) => [[discard(0, 1), write(0), discard(0, 1)], [serve]][cpu] ?? [],
  accesses: () => [
    [
      { page: 0, kind: ACCESS_READ },
      { page: 0, kind: ACCESS_WRITE },
    ],
  ],
};
