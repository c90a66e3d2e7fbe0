import { MAP_PRIVATE } from "../kernel/mm/mman.ts";
import { PAGE_SIZE } from "../machine/pte.ts";
import { mapArena, type Arena } from "./arena.ts";
import type { Scenario } from "./stage.ts";
import { takeWindowAway, WINDOW_PAGES } from "./take_away.ts";

/** A window for each CPU; all of them lie where each GPU has a single notifier. */
const ARENA: Arena = { start: 0x7f00_0000_0000, pages: 64 * WINDOW_PAGES, sharing: MAP_PRIVATE };

/**
 * The same notifiers are invoked by several CPUs at once, for different pages: each CPU takes its own away, one by one, from idle
 * GPUs. What an invocation costs that meets another one under way (RULES 20, 21).
 */
export const sideBySide: Scenario = {
  name: "side-by-side",
  summary: "every CPU takes its own pages away, through the same notifiers: invocations meet each other",
  *populate(actor, mm) {
    yield* mapArena(actor, mm, { ...ARENA, pages: actor.stage.cpus * WINDOW_PAGES });
  },
  *operation(actor) {
    yield* takeWindowAway(actor, ARENA.start + actor.cpu * WINDOW_PAGES * PAGE_SIZE);
  },
};
