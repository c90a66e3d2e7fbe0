import { ACCESS_WRITE } from "../../machine/access_kind.ts";
import { discard, mapPages, serve, writePages } from "./operations.ts";
import type { Play } from "./play.ts";

/** Nothing is mirrored yet: the first fault inserts the notifier, and what it reads may be invalidated before it is committed. */
export const fault: Play = {
  name: "fault",
  summary: "GPU faults look pages up that are being thrown away meanwhile",
  rules: ["RULES 8", "RULES 9", "RULES 10", "RULES 22", "RULES 32", "RULES 33", "RULES 34", "RULES 35", "RULES 52", "RULES 56"],
  targets: [{ first: 0, pages: 2 }],
  *populate(actor) {
    yield* mapPages(actor, 0, 2);
    yield* writePages(actor, 0, 2);
  },
  script: (cpu) => [[discard(0, 2)], [serve]][cpu] ?? [],
  accesses: () => [[{ page: 0, kind: ACCESS_WRITE }]],
};
