import { MADV_DONTNEED } from "../kernel/mm/mman.ts";
import { doMadvise } from "../kernel/mm/madvise.ts";
import { readOnce } from "../machine/access.ts";
import { ACCESS_READ } from "../machine/access_kind.ts";
import { PAGE_SIZE } from "../machine/pte.ts";
import type { Run } from "../machine/step.ts";
import { NULL, Word, type Ptr } from "../machine/struct.ts";
import { ARENAS, mapPages } from "./arena.ts";
import { vmWord } from "./board.ts";
import { awaitFault, faultCount } from "./fault_service.ts";
import { inProcess } from "./process.ts";
import type { Actor, Scenario } from "./stage.ts";

const ARENA = ARENAS[0];
/** Pages mapped at once, so that their invalidations follow closely upon one another. */
const PAGES = 16;
/** Microseconds that the other CPUs sleep before they look around again. */
const POLL_US = 500;

/**
 * What an invalidation costs, and nothing else: CPU 0 maps pages on every GPU, as a prefetch does, and takes them away one by
 * one. The GPUs touch nothing, so that their TLB invalidations are all that they do.
 */
export const pageByPage: Scenario = {
  name: "page-by-page",
  summary: "pages mapped on all GPUs are taken away one by one while they are idle: what an invalidation costs",
  *populate(actor, mm) {
    yield* mapPages(actor, mm, ARENA, 0, PAGES);
  },
  *operation(actor) {
    const { current, stage } = actor;
    if (actor.cpu !== 0) {
      yield* awaitFault(current, stage, yield* faultCount(current, stage), current.nowUs() + POLL_US);
      return;
    }
    yield* inProcess(actor, function* (mm) {
      yield* prefetch(actor);
      for (let page = 0; page < PAGES; page++) {
        yield* doMadvise(current, mm, ARENA.start + page * PAGE_SIZE, PAGE_SIZE, MADV_DONTNEED);
      }
    });
  },
};

/** Map all pages on every GPU. */
function* prefetch({ current, stage }: Actor): Run<void> {
  for (const gpu of stage.gpus) {
    const vm = (yield* readOnce(current, vmWord(stage.board, gpu.index), Word.value)) as Ptr<"gpu_vm">;
    if (vm === NULL) continue;
    for (let page = 0; page < PAGES; page++) {
      yield* stage.driver.handleFault(current, { gpu, vm, va: ARENA.start + page * PAGE_SIZE, kind: ACCESS_READ });
    }
  }
}
