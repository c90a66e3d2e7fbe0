import { invalidateNonblock, mapPages, serve, writePages } from "./operations.ts";
import type { Play } from "./play.ts";

/** A two-pass notifier agrees, the next one refuses: the first is finished all the same, and the range is over (RULES 28). */
export const oomFinish: Play = {
  name: "oom-finish",
  summary: "a range that must not block is refused after a two-pass notifier has been started",
  rules: ["RULES 15", "RULES 16", "RULES 27", "RULES 28"],
  targets: [],
  *populate(actor) {
    yield* mapPages(actor, 0, 2);
    yield* writePages(actor, 0, 2);
  },
  *prepare(actor) {
    yield* actor.stage.notifiers.insert(actor, 1, 0, 1);
    yield* actor.stage.notifiers.insert(actor, 0, 1, 1);
  },
  script: (cpu) => [[invalidateNonblock(0, 2)], [invalidateNonblock(0, 1), serve]][cpu] ?? [],
  accesses: () => [],
};
