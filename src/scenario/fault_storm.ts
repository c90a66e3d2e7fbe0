import { MADV_DONTNEED } from "../kernel/mm/mman.ts";
import { doMadvise } from "../kernel/mm/madvise.ts";
import { ARENAS, populateArenas, somewhere } from "./arena.ts";
import { inProcess } from "./process.ts";
import type { Scenario } from "./stage.ts";
import { idle } from "./take_away.ts";

const ARENA = ARENAS[3];

/**
 * CPU 0 takes pages away that the GPUs never stop to ask for, the other CPUs serve their faults: what an invalidation and the
 * faults' commits cost each other.
 */
export const faultStorm: Scenario = {
  name: "fault-storm",
  summary: "one CPU takes away what all GPUs keep asking for, the others serve their faults",
  *populate(actor, mm) {
    yield* populateArenas(actor, mm, [ARENA]);
  },
  *operation(actor) {
    if (actor.cpu !== 0) return yield* idle(actor);
    const { start, length } = somewhere(actor.dice, ARENA, 1);
    yield* inProcess(actor, function* (mm) {
      yield* doMadvise(actor.current, mm, start, length, MADV_DONTNEED);
    });
  },
};
