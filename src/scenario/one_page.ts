import { ringDoorbell } from "../device/command_ring.ts";
import { gpuCounters } from "../device/view.ts";
import { MADV_DONTNEED } from "../kernel/mm/mman.ts";
import { doMadvise } from "../kernel/mm/madvise.ts";
import { readOnce } from "../machine/access.ts";
import { PAGE_SIZE } from "../machine/pte.ts";
import type { Run } from "../machine/step.ts";
import { ARENAS, mapPages } from "./arena.ts";
import { Board, PHASE_RUN, setTarget } from "./board.ts";
import { awaitFault, faultCount, serveFaults } from "./fault_service.ts";
import { inProcess, waitUntilIdle } from "./process.ts";
import type { Actor, Scenario } from "./stage.ts";

const ARENA = ARENAS[0];
/** Microseconds between two looks at GPUs that are to touch the page. */
const POLL_US = 200;

/**
 * What an invalidation costs, and nothing else: every GPU touches the same page, all GPUs become idle, and CPU 0 takes the page
 * away. The other CPUs serve faults.
 */
export const onePage: Scenario = {
  name: "one-page",
  summary: "one page that all GPUs have touched is taken away while they are idle: what an invalidation costs",
  *populate(actor, mm) {
    yield* mapPages(actor, mm, ARENA, 0, 1);
  },
  *operation(actor) {
    const { current, stage } = actor;
    if (actor.cpu !== 0) {
      yield* awaitFault(current, stage, yield* faultCount(current, stage), current.nowUs() + POLL_US);
      return;
    }
    yield* inProcess(actor, function* (mm) {
      yield* letAllGpusTouch(actor);
      yield* doMadvise(current, mm, ARENA.start, PAGE_SIZE, MADV_DONTNEED);
    });
  },
};

/** Until each GPU has touched the page, and is idle again. */
function* letAllGpusTouch({ current, stage }: Actor): Run<void> {
  const { gpus, board } = stage;
  const before = gpus.map((gpu) => gpuCounters(current.words, gpu).accesses);
  setTarget(current.words, board, 0, ARENA.start, 1);
  for (const gpu of gpus) yield* ringDoorbell(current, gpu);
  while ((yield* readOnce(current, board, Board.phase)) === PHASE_RUN) {
    const faults = yield* faultCount(current, stage);
    if (yield* serveFaults(current, stage)) continue;
    if (gpus.every((gpu, i) => gpuCounters(current.words, gpu).accesses !== before[i])) break;
    yield* awaitFault(current, stage, faults, current.nowUs() + POLL_US);
  }
  setTarget(current.words, board, 0, ARENA.start, 0);
  yield* waitUntilIdle(current, stage);
}
