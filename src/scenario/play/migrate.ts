import { ACCESS_READ, ACCESS_WRITE } from "../../machine/access_kind.ts";
import { announceMigration, mapPages, mirrorAll, serve, writePages } from "./operations.ts";
import type { Play } from "./play.ts";

/** The driver of one GPU migrates, and may leave its own mappings alone; all other GPUs have to give theirs up. */
export const migrate: Play = {
  name: "migrate",
  summary: "migrations of pages that all GPUs have, by the drivers of two of them at the same time",
  rules: ["RULES 2", "RULES 7", "RULES 13", "RULES 21", "RULES 22", "RULES 24"],
  targets: [{ first: 0, pages: 2 }],
  *populate(actor) {
    yield* mapPages(actor, 0, 2);
    yield* writePages(actor, 0, 2);
  },
  prepare: (actor) => mirrorAll(actor, 2),
  script: (cpu) => [[announceMigration(0, 0, 2)], [announceMigration(1, 1, 1), serve]][cpu] ?? [],
  accesses: () => [
    [
      { page: 0, kind: ACCESS_WRITE },
      { page: 1, kind: ACCESS_READ },
    ],
  ],
};
