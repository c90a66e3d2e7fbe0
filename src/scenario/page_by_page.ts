import { ARENAS, populateArenas } from "./arena.ts";
import type { Scenario } from "./stage.ts";
import { idle, takeAway } from "./take_away.ts";

/** Mapped at once, so that their invalidations follow closely upon one another. */
const ARENA = { ...ARENAS[0], pages: 16 };

/**
 * What an invalidation costs, and nothing else: CPU 0 maps pages on every GPU, as a prefetch does, and takes them away one by
 * one. The GPUs touch nothing, so that their TLB invalidations are all that they do.
 */
export const pageByPage: Scenario = {
  name: "page-by-page",
  summary: "pages mapped on all GPUs are taken away one by one while they are idle: what an invalidation costs",
  leavesGpusIdle: true,
  *populate(actor, mm) {
    yield* populateArenas(actor, mm, [ARENA]);
  },
  *operation(actor) {
    if (actor.cpu === 0) yield* takeAway(actor, ARENA.start, ARENA.pages);
    else yield* idle(actor);
  },
};
