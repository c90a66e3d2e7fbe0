import { PAGE_SIZE } from "../machine/pte.ts";
import { ARENAS, populateArenas } from "./arena.ts";
import type { Scenario } from "./stage.ts";
import { takeAway } from "./take_away.ts";

const ARENA = ARENAS[0];

/**
 * The same notifiers are invoked by several CPUs at once, for different pages: each CPU takes its own page away, again and again,
 * from idle GPUs. What an invocation costs that meets another one under way (RULES 20, 21).
 */
export const sideBySide: Scenario = {
  name: "side-by-side",
  summary: "every CPU takes its own page away, through the same notifiers: invocations meet each other",
  leavesGpusIdle: true,
  *populate(actor, mm) {
    yield* populateArenas(actor, mm, [{ ...ARENA, pages: actor.stage.cpus }]);
  },
  *operation(actor) {
    yield* takeAway(actor, ARENA.start + actor.cpu * PAGE_SIZE, 1);
  },
};
