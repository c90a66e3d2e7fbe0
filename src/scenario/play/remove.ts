import { ACCESS_READ } from "../../machine/access_kind.ts";
import { removeMirror } from "./notifiers.ts";
import { discard, mapPages, mirrorAll, serve, writePages } from "./operations.ts";
import type { Play } from "./play.ts";

/**
 * Removals meet an invalidation: at once, or put off until the tree may change, with the remover asleep until then (RULES 36, 37,
 * 39).
 */
export const remove: Play = {
  name: "remove",
  summary: "notifiers are removed while ranges that they cover are being invalidated",
  rules: ["RULES 4", "RULES 12", "RULES 16", "RULES 18", "RULES 36", "RULES 37", "RULES 38", "RULES 39"],
  targets: [{ first: 0, pages: 2 }],
  *populate(actor) {
    yield* mapPages(actor, 0, 2);
    yield* writePages(actor, 0, 2);
  },
  *prepare(actor) {
    for (let index = 0; index < 3; index++) yield* actor.stage.notifiers.insert(actor, index, 0, 2);
    yield* mirrorAll(actor, 2);
  },
  script: (cpu) =>
    [
      [discard(0, 1), removeMirror(2)],
      [removeMirror(1), removeMirror(0), serve],
    ][cpu] ?? [],
  accesses: () => [[{ page: 0, kind: ACCESS_READ }]],
};
