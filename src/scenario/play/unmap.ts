import { ACCESS_READ, ACCESS_WRITE } from "../../machine/access_kind.ts";
import { mapPages, mirrorAll, munmap, serve, writePages } from "./operations.ts";
import type { Play } from "./play.ts";

/** One CPU unmaps what all GPUs work with. Their accesses hit until the flush, and fault for good after it. */
export const unmap: Play = {
  name: "unmap",
  summary: "munmap of two pages that all GPUs are just working with",
  rules: [
    "RULES 1",
    "RULES 2",
    "RULES 3",
    "RULES 4",
    "RULES 7",
    "RULES 14",
    "RULES 15",
    "RULES 16",
    "RULES 17",
    "RULES 18",
    "RULES 21",
    "RULES 22",
  ],
  targets: [{ first: 0, pages: 2 }],
  *populate(actor) {
    yield* mapPages(actor, 0, 2);
    yield* writePages(actor, 0, 2);
  },
  prepare: (actor) => mirrorAll(actor, 2),
  script: (cpu) => [[munmap(0, 2)], [serve]][cpu] ?? [],
  accesses: () => [
    [
      { page: 0, kind: ACCESS_WRITE },
      { page: 1, kind: ACCESS_READ },
    ],
  ],
};
