import { anyArena, ARENAS, populateArenas, somewhere, touchSome } from "./arena.ts";
import { endProcesses, inProcess, startProcesses } from "./process.ts";
import type { Scenario } from "./stage.ts";

/** Processes exit while GPUs work in them, and new ones take their place. */
export const exit: Scenario = {
  name: "exit",
  summary: "processes exit while GPUs work in them, and new ones take their place",
  *populate(actor, mm) {
    yield* populateArenas(actor, mm, ARENAS);
  },
  *operation(actor) {
    if (actor.cpu === 0 && actor.dice.percent(25)) {
      yield* endProcesses(actor);
      yield* startProcesses(actor, exit);
      return;
    }
    const { start, length } = somewhere(actor.dice, anyArena(actor.dice), 16);
    yield* inProcess(actor, (mm) => touchSome(actor, mm, start, length, 4));
  },
};
