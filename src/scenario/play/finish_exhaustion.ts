import { ACCESS_READ } from "../../machine/access_kind.ts";
import { discard, mapPages, mirrorAll, serve, writePages } from "./operations.ts";
import type { Play } from "./play.ts";

/**
 * The second invocation finds no finish object and does all its work in the first pass, and so holds up the GPUs after it (RULES
 * 20, 51).
 */
export const finishExhaustion: Play = {
  name: "finish-exhaustion",
  summary: "two invalidations of a GPU with a single finish object",
  rules: ["RULES 15", "RULES 49", "RULES 51"],
  finish: { kind: "pool", size: 1 },
  targets: [{ first: 0, pages: 2 }],
  *populate(actor) {
    yield* mapPages(actor, 0, 2);
    yield* writePages(actor, 0, 2);
  },
  prepare: (actor) => mirrorAll(actor, 2),
  script: (cpu) => [[discard(0, 1)], [discard(1, 1), serve]][cpu] ?? [],
  accesses: () => [
    [
      { page: 0, kind: ACCESS_READ },
      { page: 1, kind: ACCESS_READ },
    ],
  ],
};
