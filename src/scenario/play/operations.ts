import { ACCESS_READ, ACCESS_WRITE } from "../../machine/access_kind.ts";
import { PAGE_SIZE } from "../../machine/pte.ts";
import type { Run } from "../../machine/step.ts";
import { NULL, type Ptr } from "../../machine/struct.ts";
import type { Current } from "../../kernel/current.ts";
import { translate } from "../../device/translate.ts";
import { ownerOf } from "../../driver/owner.ts";
import { cpuAccess } from "../../kernel/mm/cpu_access.ts";
import { doMadvise } from "../../kernel/mm/madvise.ts";
import { MADV_DONTNEED, MAP_ANONYMOUS, MAP_FIXED, MAP_PRIVATE, PROT_READ, PROT_WRITE } from "../../kernel/mm/mman.ts";
import { dupMm } from "../../kernel/mm/fork.ts";
import { mmdrop, mmgrab, mmput } from "../../kernel/mm/mm_count.ts";
import { doMmap } from "../../kernel/mm/mmap.ts";
import { doMprotect } from "../../kernel/mm/mprotect.ts";
import { doMunmap } from "../../kernel/mm/munmap.ts";
import { oomReap } from "../../kernel/mm/oom_reaper.ts";
import { tryToFreePages } from "../../kernel/mm/vmscan.ts";
import { mmuNotifierInvalidateRangeEnd, mmuNotifierInvalidateRangeStart } from "../../kernel/mmu_notifier/invalidate.ts";
import { mmuNotifierRangeInit } from "../../kernel/mmu_notifier/range.ts";
import { MMU_NOTIFY_CLEAR, MMU_NOTIFY_MIGRATE } from "../../kernel/mmu_notifier/types.ts";
import { invalidateWithoutBlocking } from "../churn_notifier.ts";
import { awaitFault, faultCount, serveFaults } from "../fault_service.ts";
import { addressOf, type Operation, type PlayActor } from "./play.ts";

/** What CPUs do in plays: each a system call, or a piece of the kernel's own work. */

const READ_WRITE = PROT_READ | PROT_WRITE;

/** Map `pages` pages anew, private and anonymous. */
export function* mapPages(actor: PlayActor, first: number, pages: number, sharing = MAP_PRIVATE): Run<void> {
  const { current, stage } = actor;
  yield* doMmap(current, stage.mm, addressOf(first), pages * PAGE_SIZE, READ_WRITE, sharing | MAP_ANONYMOUS | MAP_FIXED);
}

/** Write to each of `pages` pages as the program would, in the word of this CPU. */
export function* writePages({ current, stage, cpu }: PlayActor, first: number, pages: number): Run<void> {
  for (let page = first; page < first + pages; page++) {
    yield* cpuAccess(current, stage.mm, addressOf(page), ACCESS_WRITE, 1 + cpu, 1000 + page);
  }
}

/** Let GPU `gpu` have the page, as if it had accessed it. */
function* mirror({ current, stage }: PlayActor, gpu: number, page: number, kind: number): Run<void> {
  yield* stage.driver.handleFault(current, { gpu: stage.gpus[gpu], vm: stage.vms[gpu], va: addressOf(page), kind });
}

/** Let all GPUs have pages 0 to `pages` - 1 to write to. */
export function* mirrorAll(actor: PlayActor, pages: number, kind = ACCESS_WRITE): Run<void> {
  for (const { index } of actor.stage.gpus) {
    for (let page = 0; page < pages; page++) yield* mirror(actor, index, page, kind);
  }
}

/** Let the TLBs of all GPUs have pages 0 to `pages` - 1, which they have already, to read from. */
export function* fillTlbs({ current, stage }: PlayActor, pages: number): Run<void> {
  for (const gpu of stage.gpus) {
    for (const domain of gpu.tlbs.keys()) {
      for (let page = 0; page < pages; page++) {
        yield* translate(current, gpu, domain, stage.vms[gpu.index], addressOf(page), ACCESS_READ, {
          pte: 0,
          pteAddr: 0,
          stamp: 0,
          epoch: 0,
        });
      }
    }
  }
}

export function munmap(first: number, pages: number): Operation {
  return on("munmap", first, pages, (current, mm, start, length) => doMunmap(current, mm, start, length));
}

/** Throw the pages away; the mapping stays, and mmap_lock is only read-locked. */
export function discard(first: number, pages: number): Operation {
  return on("madvise(DONTNEED)", first, pages, (current, mm, start, length) =>
    doMadvise(current, mm, start, length, MADV_DONTNEED),
  );
}

export function mprotect(first: number, pages: number, prot: number): Operation {
  const name = prot === PROT_READ ? "mprotect(READ)" : prot === READ_WRITE ? "mprotect(READ|WRITE)" : "mprotect(NONE)";
  return on(name, first, pages, (current, mm, start, length) => doMprotect(current, mm, start, length, prot));
}

export function write(page: number): Operation {
  return { name: `write to page ${page}`, run: (actor) => writePages(actor, page, 1) };
}

export function read(page: number): Operation {
  return {
    name: `read page ${page}`,
    run: ({ current, stage, cpu }) => cpuAccess(current, stage.mm, addressOf(page), ACCESS_READ, 1 + cpu, 0),
  };
}

/** Bind pages on GPU `gpu`. */
export function bind(gpu: number, first: number, pages: number): Operation {
  return {
    name: `bind on gpu${gpu}`,
    run: ({ current, stage }) => stage.driver.bind(current, stage.vms[gpu], addressOf(first), addressOf(first + pages)),
  };
}

export function unbind(gpu: number, first: number, pages: number): Operation {
  return {
    name: `unbind on gpu${gpu}`,
    run: ({ current, stage }) => stage.driver.unbind(current, stage.vms[gpu], addressOf(first), addressOf(first + pages)),
  };
}

/** Free one frame, whoever has it: through the reverse map, without mmap_lock. */
export const reclaim: Operation = { name: "reclaim a frame", run: ({ current }) => tryToFreePages(current, 1) };

/** What the OOM reaper does: nothing that could block. */
export const reap: Operation = {
  name: "OOM reaper",
  *run({ current, stage }) {
    yield* mmgrab(current, stage.mm);
    yield* oomReap(current, stage.mm);
    yield* mmdrop(current, stage.mm);
  },
};

/** A range that must not block, and may be refused; nothing is taken. */
export function invalidateNonblock(first: number, pages: number): Operation {
  return on("non-blocking invalidation", first, pages, (current, mm, start, length) =>
    invalidateWithoutBlocking(current, mm, start, start + length),
  );
}

/** Tell the notifiers to stop using the pages, as for any change of page tables; nothing is changed. */
export function invalidate(first: number, pages: number): Operation {
  return on("invalidation", first, pages, function* (current, mm, start, length) {
    const range = mmuNotifierRangeInit(current, mm, start, start + length, MMU_NOTIFY_CLEAR);
    yield* mmuNotifierInvalidateRangeStart(current, range);
    yield* mmuNotifierInvalidateRangeEnd(current, range);
  });
}

/** GPU `gpu`'s driver announces that it migrates the pages. There is no device memory here, so that they stay where they are. */
export function announceMigration(gpu: number, first: number, pages: number): Operation {
  return {
    name: `migration of ${whichPages(first, pages)} by gpu${gpu}`,
    *run({ current, stage }) {
      const range = mmuNotifierRangeInit(
        current,
        stage.mm,
        addressOf(first),
        addressOf(first + pages),
        MMU_NOTIFY_MIGRATE,
        ownerOf({ index: gpu }),
      );
      yield* mmuNotifierInvalidateRangeStart(current, range);
      yield* mmuNotifierInvalidateRangeEnd(current, range);
    },
  };
}

/** The process forks, and the child writes to the page before it ends: what was shared until then is copied. */
export function forkAndWrite(page: number): Operation {
  return {
    name: `fork, and a write to page ${page} in the child`,
    *run({ current, stage, cpu }) {
      const child = yield* dupMm(current, stage.mm);
      if (child === NULL) return;
      yield* cpuAccess(current, child, addressOf(page), ACCESS_WRITE, 1 + cpu, 2000 + page);
      yield* mmput(current, child);
    },
  };
}

/** The process ends, whatever its GPUs are doing. */
export const exit: Operation = { name: "exit", run: ({ current, stage }) => mmput(current, stage.mm) };

/**
 * Serve faults as they come, forever: an execution is over when nobody has anything else to do. Without a look at the clock, so
 * that a fault that nobody hears of is a deadlock and not a delay. Deferred work is looked for a few times more, since nobody
 * calls for it.
 */
export const serve: Operation = {
  name: "serve faults",
  *run({ current, stage }) {
    for (let looks = 0; ; looks++) {
      const count = yield* faultCount(current, stage);
      if (yield* serveFaults(current, stage)) looks = 0;
      if (stage.driver.hasDeferredWork && (yield* stage.driver.work(current))) looks = 0;
      const mayWork = stage.driver.hasDeferredWork && looks < WORK_LOOKS;
      yield* awaitFault(current, stage, count, mayWork ? current.nowUs() + WORK_POLL_US : Infinity);
    }
  },
};

/** Looks for deferred work after the last that found some, and microseconds between two of them. */
const WORK_LOOKS = 3;
const WORK_POLL_US = 200;

function on(
  name: string,
  first: number,
  pages: number,
  call: (current: Current, mm: Ptr<"mm_struct">, start: number, length: number) => Run<unknown>,
): Operation {
  return {
    name: `${name} of ${whichPages(first, pages)}`,
    run: ({ current, stage }) => call(current, stage.mm, addressOf(first), pages * PAGE_SIZE),
  };
}

function whichPages(first: number, pages: number): string {
  return pages === 1 ? `page ${first}` : `pages ${first} to ${first + pages - 1}`;
}
