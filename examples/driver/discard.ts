import { ARENAS, doMadvise, inProcess, MADV_DONTNEED, populateArenas, somewhere, touchSome, type Scenario } from "shootdown";

/** A scenario of one's own: every CPU throws pages away that the GPUs are using, and touches some again. */
export const scenario: Scenario = {
  name: "discard",
  summary: "CPUs discard pages under the GPUs",
  *populate(actor, mm) {
    yield* populateArenas(actor, mm, [ARENAS[0]]);
  },
  *operation(actor) {
    yield* inProcess(actor, function* (mm) {
      const { start, length } = somewhere(actor.dice, ARENAS[0], 8);
      yield* doMadvise(actor.current, mm, start, length, MADV_DONTNEED);
      yield* touchSome(actor, mm, start, length, 2);
    });
  },
};
