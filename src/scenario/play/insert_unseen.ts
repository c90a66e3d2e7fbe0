import { discard, mapPages, serve, writePages } from "./operations.ts";
import { insertMirror, lookThrough } from "./notifiers.ts";
import type { Play } from "./play.ts";

/**
 * The range hits nobody, and is counted all the same: a notifier that is inserted beside it freezes the tree itself (RULES 1,
 * 33).
 */
export const insertUnseen: Play = {
  name: "insert-unseen",
  summary: "a notifier is inserted over a range whose invalidation has hit nobody",
  rules: ["RULES 1", "RULES 2", "RULES 6", "RULES 33", "RULES 34"],
  targets: [],
  *populate(actor) {
    yield* mapPages(actor, 0, 3);
    yield* writePages(actor, 0, 3);
  },
  *prepare(actor) {
    yield* actor.stage.notifiers.insert(actor, 0, 2, 1);
  },
  script: (cpu) => [[discard(0, 1)], [insertMirror(1, 0, 1), lookThrough(1), serve]][cpu] ?? [],
  accesses: () => [],
};
