import { ACCESS_READ, ACCESS_WRITE } from "../../machine/access_kind.ts";
import { mapPages, mirrorAll, munmap, serve, writePages } from "./operations.ts";
import type { Play } from "./play.ts";

/** A GPU's media part has a TLB of its own: what is unmapped has to go from both (RULES 72). */
export const twoTlbs: Play = {
  name: "two-tlbs",
  summary: "munmap of a page that each GPU works with through both of its TLBs",
  rules: ["RULES 3", "RULES 14", "RULES 15", "RULES 18"],
  contexts: 2,
  tlbDomains: 2,
  targets: [{ first: 0, pages: 1 }],
  *populate(actor) {
    yield* mapPages(actor, 0, 1);
    yield* writePages(actor, 0, 1);
  },
  prepare: (actor) => mirrorAll(actor, 1),
  script: (cpu) => [[munmap(0, 1)], [serve]][cpu] ?? [],
  accesses: () => [[{ page: 0, kind: ACCESS_WRITE }], [{ page: 0, kind: ACCESS_READ }]],
};
