import { ACCESS_WRITE } from "../../machine/access_kind.ts";
import { PROT_READ, PROT_WRITE } from "../../kernel/mm/mman.ts";
import { mapPages, mirrorAll, mprotect, serve, writePages } from "./operations.ts";
import type { Play } from "./play.ts";

/** A permission is taken away under writers, and given back while their faults are being served. */
export const mprotectPlay: Play = {
  name: "mprotect",
  summary: "a page that GPUs write to becomes read-only, and writable again",
  rules: ["RULES 3", "RULES 7", "RULES 13", "RULES 22"],
  targets: [{ first: 0, pages: 2 }],
  *populate(actor) {
    yield* mapPages(actor, 0, 2);
    yield* writePages(actor, 0, 2);
  },
  prepare: (actor) => mirrorAll(actor, 2),
  script: (cpu) => [[mprotect(0, 1, PROT_READ), mprotect(0, 1, PROT_READ | PROT_WRITE)], [serve]][cpu] ?? [],
  accesses: () => [
    [
      { page: 0, kind: ACCESS_WRITE },
      { page: 0, kind: ACCESS_WRITE },
    ],
  ],
};
