import { ACCESS_WRITE, discard, mapPages, serve, writePages, type Play } from "shootdown";

/** A scenario of one's own for hunts: one CPU throws a page away, another serves the faults of the GPUs that write to it. */
export const play: Play = {
  name: "discard",
  summary: "a page is discarded under GPUs that write to it",
  rules: [],
  targets: [{ first: 0, pages: 1 }],
  *populate(actor) {
    yield* mapPages(actor, 0, 1);
    yield* writePages(actor, 0, 1);
  },
  script: (cpu) => (cpu === 0 ? [discard(0, 1)] : [serve]),
  accesses: () => [[{ page: 0, kind: ACCESS_WRITE }]],
};
