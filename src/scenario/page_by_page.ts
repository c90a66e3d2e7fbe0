import { ARENAS, mapPages } from "./arena.ts";
import type { Scenario } from "./stage.ts";
import { idle, takeWindowAway, WINDOW_PAGES } from "./take_away.ts";

const ARENA = ARENAS[0];

/**
 * What an invalidation costs, and nothing else: CPU 0 maps pages on every GPU, as a prefetch does, and takes them away one by
 * one. The GPUs touch nothing, so that their TLB invalidations are all that they do.
 */
export const pageByPage: Scenario = {
  name: "page-by-page",
  summary: "pages mapped on all GPUs are taken away one by one while they are idle: what an invalidation costs",
  *populate(actor, mm) {
    yield* mapPages(actor, mm, ARENA, 0, WINDOW_PAGES);
  },
  *operation(actor) {
    if (actor.cpu === 0) yield* takeWindowAway(actor, ARENA.start);
    else yield* idle(actor);
  },
};
