import { MADV_DONTNEED } from "../kernel/mm/mman.ts";
import { doMadvise } from "../kernel/mm/madvise.ts";
import { ARENAS, populateArenas, somewhere, touchSome } from "./arena.ts";
import { inProcess } from "./process.ts";
import type { Scenario } from "./stage.ts";

const ARENA = ARENAS[0];

/** All CPUs invalidate overlapping parts of one notifier's range at once: MADV_DONTNEED needs mmap_lock for reading only. */
export const overlap: Scenario = {
  name: "overlap",
  summary: "several CPUs invalidate overlapping parts of one notifier's range at once",
  *populate(actor, mm) {
    yield* populateArenas(actor, mm, [ARENA]);
  },
  *operation(actor) {
    const { dice, current } = actor;
    yield* inProcess(actor, function* (mm) {
      const { start, length } = somewhere(dice, ARENA, 24);
      yield* doMadvise(current, mm, start, length, MADV_DONTNEED);
      yield* touchSome(actor, mm, start, length, 2);
    });
  },
};
