import { NULL } from "../machine/struct.ts";
import { dupMm } from "../kernel/mm/fork.ts";
import { mmput } from "../kernel/mm/mm_count.ts";
import { anyArena, ARENAS, populateArenas, somewhere, touchSome } from "./arena.ts";
import { inProcess } from "./process.ts";
import type { Scenario } from "./stage.ts";

/** The process forks; parent, child and GPUs write to pages that parent and child share until then. */
export const forkCow: Scenario = {
  name: "fork-cow",
  summary: "the process forks; parent, child and GPUs write to pages shared until then",
  *populate(actor, mm) {
    yield* populateArenas(actor, mm, ARENAS);
  },
  *operation(actor) {
    const { current, dice } = actor;
    const arena = anyArena(dice);
    yield* inProcess(actor, function* (mm) {
      const { start, length } = somewhere(dice, arena, 32);
      yield* touchSome(actor, mm, start, length, 8);
      if (!dice.percent(25)) return;
      const child = yield* dupMm(current, mm);
      if (child === NULL) return;
      yield* touchSome(actor, child, start, length, 4);
      yield* touchSome(actor, mm, start, length, 4);
      yield* mmput(current, child);
    });
  },
};
