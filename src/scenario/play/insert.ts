import { ACCESS_READ } from "../../machine/access_kind.ts";
import { insertMirror, lookThrough } from "./notifiers.ts";
import { discard, mapPages, mirrorAll, serve, writePages } from "./operations.ts";
import type { Play } from "./play.ts";

/** An insertion meets an invalidation: at once, at once with the tree frozen by it, or put off; and its reader has to wait. */
export const insert: Play = {
  name: "insert",
  summary: "notifiers are inserted while ranges that they cover are being invalidated",
  rules: ["RULES 1", "RULES 6", "RULES 8", "RULES 9", "RULES 12", "RULES 32", "RULES 33", "RULES 34", "RULES 35", "RULES 39"],
  targets: [{ first: 0, pages: 2 }],
  *populate(actor) {
    yield* mapPages(actor, 0, 2);
    yield* writePages(actor, 0, 2);
  },
  *prepare(actor) {
    yield* actor.stage.notifiers.insert(actor, 0, 1, 1);
    yield* mirrorAll(actor, 2);
  },
  script: (cpu) =>
    [[discard(1, 1)], [insertMirror(1, 0, 2), lookThrough(1), insertMirror(3, 1, 1), lookThrough(3), serve]][cpu] ?? [],
  accesses: () => [[{ page: 1, kind: ACCESS_READ }]],
};
