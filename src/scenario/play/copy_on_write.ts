import { ACCESS_READ } from "../../machine/access_kind.ts";
import { mapPages, mirrorAll, read, serve, write } from "./operations.ts";
import type { Play } from "./play.ts";

/**
 * The first write to a page that was only read puts another page in its place: whoever reads on must find the new one (RULES 77
 * B).
 */
export const copyOnWrite: Play = {
  name: "copy-on-write",
  summary: "a CPU writes to the page of zeros that GPUs are reading",
  rules: ["RULES 13", "RULES 21", "RULES 22"],
  targets: [{ first: 0, pages: 1 }],
  *populate(actor) {
    yield* mapPages(actor, 0, 1);
    yield* read(0).run(actor);
  },
  prepare: (actor) => mirrorAll(actor, 1, ACCESS_READ),
  script: (cpu) => [[write(0)], [serve]][cpu] ?? [],
  accesses: () => [
    [
      { page: 0, kind: ACCESS_READ },
      { page: 0, kind: ACCESS_READ },
    ],
  ],
};
