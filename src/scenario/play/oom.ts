import { ACCESS_READ } from "../../machine/access_kind.ts";
import { discard, invalidateNonblock, mapPages, reap, serve, writePages } from "./operations.ts";
import type { Play } from "./play.ts";

/**
 * One notifier after the other may say no; those that were started are finished all the same, and the start is undone (RULES 27
 * to 31).
 */
export const oom: Play = {
  name: "oom",
  summary: "the OOM reaper, who must not block, meets notifiers that refuse",
  rules: ["RULES 15", "RULES 27", "RULES 28", "RULES 31", "RULES 47"],
  targets: [{ first: 0, pages: 2 }],
  *populate(actor) {
    yield* mapPages(actor, 0, 2);
    yield* writePages(actor, 0, 2);
  },
  *prepare(actor) {
    for (const index of [0, 1]) yield* actor.stage.notifiers.insert(actor, index, 1, 1);
    yield* actor.stage.notifiers.register(actor, 0);
  },
  script: (cpu) =>
    [
      [reap, invalidateNonblock(0, 2)],
      [discard(0, 2), serve],
    ][cpu] ?? [],
  accesses: () => [[{ page: 0, kind: ACCESS_READ }]],
};
