import { ACCESS_WRITE } from "../../machine/access_kind.ts";
import { discard, invalidateNonblock, mapPages, mirrorAll, serve, writePages } from "./operations.ts";
import type { Play } from "./play.ts";

/** Who must not block must not wait for a flush either: while one is under way, the answer is no (RULES 21, 29). */
export const oomFlush: Play = {
  name: "oom-flush",
  summary: "a range that must not block meets a flush that is under way",
  rules: ["RULES 21", "RULES 27", "RULES 29"],
  targets: [{ first: 0, pages: 1 }],
  *populate(actor) {
    yield* mapPages(actor, 0, 1);
    yield* writePages(actor, 0, 1);
  },
  prepare: (actor) => mirrorAll(actor, 1),
  script: (cpu) => [[discard(0, 1)], [invalidateNonblock(0, 1), serve]][cpu] ?? [],
  accesses: () => [[{ page: 0, kind: ACCESS_WRITE }]],
};
