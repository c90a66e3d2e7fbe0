import { ACCESS_READ, ACCESS_WRITE } from "../../machine/access_kind.ts";
import { mapPages, mirrorAll, reclaim, serve, write, writePages } from "./operations.ts";
import type { Play } from "./play.ts";

/** Reclaim takes no mmap_lock: it meets faults of the CPU and of GPUs on the very page that it is taking. */
export const reclaimPlay: Play = {
  name: "reclaim",
  summary: "a page is swapped out under the GPUs, found through the reverse map",
  rules: ["RULES 1", "RULES 2", "RULES 3", "RULES 13", "RULES 22"],
  targets: [{ first: 0, pages: 2 }],
  *populate(actor) {
    yield* mapPages(actor, 0, 2);
    yield* writePages(actor, 0, 2);
  },
  prepare: (actor) => mirrorAll(actor, 2),
  script: (cpu) =>
    [
      [reclaim, reclaim],
      [write(0), serve],
    ][cpu] ?? [],
  accesses: () => [
    [
      { page: 0, kind: ACCESS_WRITE },
      { page: 1, kind: ACCESS_READ },
    ],
  ],
};
