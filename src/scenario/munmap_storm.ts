import { doMunmap } from "../kernel/mm/munmap.ts";
import { inProcess } from "./process.ts";
import { ARENAS, mapArena, populateArenas, somewhere, touchSome } from "./arena.ts";
import type { Scenario } from "./stage.ts";

/** Every CPU unmaps and maps again the arena that is its own, as fast as it can. */
export const munmapStorm: Scenario = {
  name: "munmap-storm",
  summary: "every CPU unmaps, maps again and touches memory as fast as it can",
  *populate(actor, mm) {
    yield* populateArenas(actor, mm, ARENAS);
  },
  *operation(actor) {
    const { dice, current } = actor;
    const arena = ARENAS[actor.cpu % ARENAS.length];
    yield* inProcess(actor, function* (mm) {
      const { start, length } = somewhere(dice, arena, arena.pages);
      yield* doMunmap(current, mm, start, length);
      yield* mapArena(actor, mm, arena);
      yield* touchSome(actor, mm, arena.start, length, 4);
    });
  },
};
