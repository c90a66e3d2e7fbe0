import { MADV_DONTNEED } from "../kernel/mm/mman.ts";
import { doMadvise } from "../kernel/mm/madvise.ts";
import { readOnce } from "../machine/access.ts";
import { ACCESS_READ } from "../machine/access_kind.ts";
import { PAGE_SIZE } from "../machine/pte.ts";
import type { Run } from "../machine/step.ts";
import { NULL, Word, type Ptr } from "../machine/struct.ts";
import { vmWord } from "./board.ts";
import { awaitFault, faultCount } from "./fault_service.ts";
import { gpusOf, inProcess } from "./process.ts";
import type { Actor } from "./stage.ts";

/** Microseconds that a CPU without anything to do sleeps before it looks around again. */
const POLL_US = 500;

/** Map `pages` pages, from `start` on, on every GPU of the process; then take them away from all of them, one by one. */
export function* takeAway(actor: Actor, start: number, pages: number): Run<void> {
  const { current } = actor;
  yield* inProcess(actor, function* (mm) {
    yield* prefetch(actor, start, pages);
    for (let page = 0; page < pages; page++) yield* doMadvise(current, mm, start + page * PAGE_SIZE, PAGE_SIZE, MADV_DONTNEED);
  });
}

/** Let a CPU be idle until there is a fault to serve, or for a while. */
export function* idle({ current, stage }: Actor): Run<void> {
  yield* awaitFault(current, stage, yield* faultCount(current, stage), current.nowUs() + POLL_US);
}

/** As a prefetch does it: map `pages` pages from `start` on, a process address, on every GPU of the process. */
export function* prefetch({ current, stage, cpu }: Actor, start: number, pages: number): Run<void> {
  for (const gpu of gpusOf(stage, cpu % stage.processes)) {
    const vm = (yield* readOnce(current, vmWord(stage.board, gpu.index), Word.value)) as Ptr<"gpu_vm">;
    if (vm === NULL) continue;
    for (let page = 0; page < pages; page++) {
      yield* stage.driver.handleFault(current, { gpu, vm, va: start + page * PAGE_SIZE, kind: ACCESS_READ });
    }
  }
}
