import { ACCESS_READ } from "../../machine/access_kind.ts";
import { discard, mapPages, mirrorAll, serve, writePages } from "./operations.ts";
import type { Play } from "./play.ts";

/**
 * One access is either before the page goes or faults after it. With one CPU, who leaves the fault, and one GPU, all traces are
 * soon run.
 */
export const tiny: Play = {
  name: "tiny",
  summary: "one page is thrown away under one access: small enough to be explored whole",
  rules: ["RULES 1", "RULES 3", "RULES 4", "RULES 7", "RULES 14", "RULES 16", "RULES 21"],
  nobodyRebinds: true,
  targets: [{ first: 0, pages: 1 }],
  *populate(actor) {
    yield* mapPages(actor, 0, 1);
    yield* writePages(actor, 0, 1);
  },
  prepare: (actor) => mirrorAll(actor, 1),
  script: (cpu) => [[discard(0, 1)], [serve]][cpu] ?? [],
  accesses: (gpu) => (gpu === 0 ? [[{ page: 0, kind: ACCESS_READ }]] : [[]]),
};
