import { ARENAS, populateArenas } from "./arena.ts";
import type { Scenario } from "./stage.ts";
import { idle, takeAway } from "./take_away.ts";

const ARENA = { ...ARENAS[0], pages: 1 };

/** As page-by-page, but with a page alone: every invalidation finds it on all GPUs, whatever range their notifiers watch. */
export const onePage: Scenario = {
  name: "one-page",
  summary: "a page is mapped on all GPUs and taken away, again and again, while they are idle",
  leavesGpusIdle: true,
  *populate(actor, mm) {
    yield* populateArenas(actor, mm, [ARENA]);
  },
  *operation(actor) {
    if (actor.cpu === 0) yield* takeAway(actor, ARENA.start, ARENA.pages);
    else yield* idle(actor);
  },
};
