import { PROT_NONE, PROT_READ } from "../kernel/mm/mman.ts";
import { doMprotect } from "../kernel/mm/mprotect.ts";
import { anyArena, ARENAS, populateArenas, READ_WRITE, somewhere, touchSome } from "./arena.ts";
import { inProcess } from "./process.ts";
import type { Scenario } from "./stage.ts";

/** Permissions of random pieces change between none, read and read-write. */
export const mprotectFlip: Scenario = {
  name: "mprotect-flip",
  summary: "permissions of random pieces change between none, read and read-write",
  *populate(actor, mm) {
    yield* populateArenas(actor, mm, ARENAS);
  },
  *operation(actor) {
    const { dice, current } = actor;
    const arena = anyArena(dice);
    const prot = [READ_WRITE, READ_WRITE, PROT_READ, PROT_READ, PROT_NONE][dice.below(5)];
    yield* inProcess(actor, function* (mm) {
      const { start, length } = somewhere(dice, arena, arena.pages);
      yield* doMprotect(current, mm, start, length, prot);
      yield* touchSome(actor, mm, start, length, 2);
    });
  },
};
