import { tryToFreePages } from "../kernel/mm/vmscan.ts";
import { anyArena, ARENAS, populateArenas, somewhere, touchSome } from "./arena.ts";
import { inProcess } from "./process.ts";
import type { Scenario } from "./stage.ts";

/** Pages that one round of reclaim is asked for. */
const BATCH = 8;

/** Memory is always short: pages are swapped out under the GPUs, found through the reverse map, and faulted in again. */
export const reclaim: Scenario = {
  name: "reclaim",
  summary: "pages are swapped out under the GPUs, found through the reverse map, and faulted in again",
  *populate(actor, mm) {
    yield* populateArenas(actor, mm, ARENAS);
  },
  *operation(actor) {
    const { dice, current } = actor;
    if (dice.percent(40)) {
      yield* tryToFreePages(current, BATCH);
      return;
    }
    const arena = anyArena(dice);
    yield* inProcess(actor, function* (mm) {
      const { start, length } = somewhere(dice, arena, 32);
      yield* touchSome(actor, mm, start, length, 8);
    });
  },
};
