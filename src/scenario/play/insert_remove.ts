import { ACCESS_READ } from "../../machine/access_kind.ts";
import { insertMirror, removeMirror } from "./notifiers.ts";
import { discard, mapPages, mirrorAll, serve, writePages } from "./operations.ts";
import type { Play } from "./play.ts";

/** A notifier that is still on the list of those put off is taken off it again, without a wait (RULES 36). */
export const insertRemove: Play = {
  name: "insert-remove",
  summary: "a notifier is inserted and removed again while the tree is frozen",
  rules: ["RULES 33", "RULES 36", "RULES 38", "RULES 39"],
  targets: [{ first: 0, pages: 2 }],
  *populate(actor) {
    yield* mapPages(actor, 0, 2);
    yield* writePages(actor, 0, 2);
  },
  *prepare(actor) {
    yield* actor.stage.notifiers.insert(actor, 0, 0, 2);
    yield* mirrorAll(actor, 2);
  },
  script: (cpu) => [[discard(0, 2)], [insertMirror(1, 0, 2), removeMirror(1), insertMirror(1, 0, 1), serve]][cpu] ?? [],
  accesses: () => [[{ page: 0, kind: ACCESS_READ }]],
};
