import { MADV_DONTNEED, MAP_PRIVATE } from "../kernel/mm/mman.ts";
import { doMadvise } from "../kernel/mm/madvise.ts";
import { PAGE_SIZE } from "../machine/pte.ts";
import { ACCESS_READ } from "../machine/access_kind.ts";
import { readOnce } from "../machine/access.ts";
import { NULL, Word, type Ptr } from "../machine/struct.ts";
import { mapArena, type Arena } from "./arena.ts";
import { vmWord } from "./board.ts";
import { inProcess } from "./process.ts";
import type { Scenario } from "./stage.ts";
import { takeWindowAway, WINDOW_PAGES } from "./take_away.ts";

/** What the reader reads, far from what the others take away: no notifier watches both. */
const READ: Arena = { start: 0x5555_0000_0000, pages: 1, sharing: MAP_PRIVATE };
const TAKEN: Arena = { start: 0x7f00_0000_0000, pages: 64 * WINDOW_PAGES, sharing: MAP_PRIVATE };

/**
 * CPU 0 takes away one page and lets GPU 0 have it again, over and over; the other CPUs take away pages that are no business of its
 * notifier. Once hit, its reader waits until all of them are over (RULES 11).
 */
export const unrelated: Scenario = {
  name: "unrelated",
  summary: "a reader whose notifier was hit once waits for everybody else's invalidations too",
  *populate(actor, mm) {
    yield* mapArena(actor, mm, READ);
    yield* mapArena(actor, mm, { ...TAKEN, pages: Math.max(1, actor.stage.cpus - 1) * WINDOW_PAGES });
  },
  *operation(actor) {
    const { current, stage, cpu } = actor;
    if (cpu !== 0) return yield* takeWindowAway(actor, TAKEN.start + (cpu - 1) * WINDOW_PAGES * PAGE_SIZE);
    yield* inProcess(actor, function* (mm) {
      const [gpu] = stage.gpus;
      const vm = (yield* readOnce(current, vmWord(stage.board, gpu.index), Word.value)) as Ptr<"gpu_vm">;
      yield* doMadvise(current, mm, READ.start, PAGE_SIZE, MADV_DONTNEED);
      if (vm !== NULL) yield* stage.driver.handleFault(current, { gpu, vm, va: READ.start, kind: ACCESS_READ });
    });
  },
};
