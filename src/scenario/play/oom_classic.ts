import { invalidateNonblock, mapPages, serve, writePages } from "./operations.ts";
import type { Play } from "./play.ts";

/** One classic notifier counts the range, another one refuses it: who was told of a start is told of an end (RULES 31). */
export const oomClassic: Play = {
  name: "oom-classic",
  summary: "a range that must not block is refused by one of two classic notifiers",
  rules: ["RULES 27", "RULES 31", "RULES 40"],
  targets: [],
  *populate(actor) {
    yield* mapPages(actor, 0, 1);
    yield* writePages(actor, 0, 1);
  },
  *prepare(actor) {
    for (const index of [2, 3]) yield* actor.stage.notifiers.register(actor, index);
  },
  script: (cpu) => [[invalidateNonblock(0, 1)], [invalidateNonblock(0, 1), serve]][cpu] ?? [],
  accesses: () => [],
};
