import { ACCESS_WRITE } from "../../machine/access_kind.ts";
import { forkAndWrite, mapPages, mirrorAll, serve, write, writePages } from "./operations.ts";
import type { Play } from "./play.ts";

/**
 * Fork takes the write permission away, and the first write after it replaces the page: whoever else maps it must not see the old
 * one.
 */
export const fork: Play = {
  name: "fork",
  summary: "the process forks; parent, child and GPUs write to a page that is shared until then",
  rules: ["RULES 13", "RULES 21", "RULES 22"],
  targets: [{ first: 0, pages: 2 }],
  *populate(actor) {
    yield* mapPages(actor, 0, 2);
    yield* writePages(actor, 0, 2);
  },
  prepare: (actor) => mirrorAll(actor, 2),
  script: (cpu) => [[forkAndWrite(0)], [write(0), serve]][cpu] ?? [],
  accesses: () => [
    [
      { page: 0, kind: ACCESS_WRITE },
      { page: 0, kind: ACCESS_WRITE },
    ],
  ],
};
