import type { Kernel } from "../kernel/kernel.ts";
import { doMadvise } from "../kernel/mm/madvise.ts";
import { MADV_DONTNEED, MAP_PRIVATE } from "../kernel/mm/mman.ts";
import { readOnce } from "../machine/access.ts";
import { ACCESS_READ } from "../machine/access_kind.ts";
import type { Layout } from "../machine/layout.ts";
import { PAGE_SIZE } from "../machine/pte.ts";
import type { Run } from "../machine/step.ts";
import { NULL, Word, type Ptr } from "../machine/struct.ts";
import { mapArena, populateArenas, somewhere, type Arena } from "./arena.ts";
import { vmWord } from "./board.ts";
import { IdleNotifiers } from "./idle_notifier.ts";
import { inProcess } from "./process.ts";
import type { Actor, Scenario } from "./stage.ts";

/** What the reader reads; what the others take pages away of. No notifier watches both. */
const READ: Arena = { start: 0x5555_0000_0000, pages: 1, sharing: MAP_PRIVATE };
const OTHERS: Arena = { start: 0x7f00_0000_0000, pages: 64, sharing: MAP_PRIVATE };
/** They take so many at a time, or fewer: of equal length, their invalidations would fall into step. */
const MOST_PAGES = 8;

/**
 * CPU 0 takes a page away and lets GPU 0 have it again, over and over; the others invalidate without a pause what is no business
 * of its notifier. Once hit, its reader waits until all of them are over (RULES 11).
 */
export function unrelated(layout: Layout, kernel: Kernel): Scenario {
  const notifiers = new IdleNotifiers(layout, kernel, OTHERS.pages);
  return {
    name: "unrelated",
    summary: "a reader whose notifier was hit once waits foreverybody else's invalidations too",
    leavesGpusIdle: true,
    *populate(actor, mm) {
      yield* populateArenas(actor, mm, [READ]);
      yield* mapArena(actor, mm, OTHERS);
      yield* notifiers.insert(actor.current, mm, OTHERS.start, PAGE_SIZE);
    },
    *operation(actor) {
      yield* inProcess(actor, (mm) => (actor.cpu === 0 ? takeAndRead(actor, mm) : takeUnread(actor, mm)));
    },
    clear: ({ current }) => notifiers.remove(current),
  };
}

function* takeAndRead({ current, stage }: Actor, mm: Ptr<"mm_struct">): Run<void> {
  const [gpu] = stage.gpus;
  const vm = (yield* readOnce(current, vmWord(stage.board, gpu.index), Word.value)) as Ptr<"gpu_vm">;
  yield* doMadvise(current, mm, READ.start, PAGE_SIZE, MADV_DONTNEED);
  if (vm !== NULL) yield* stage.driver.handleFault(current, { gpu, vm, va: READ.start, kind: ACCESS_READ });
}

function* takeUnread({ current, dice }: Actor, mm: Ptr<"mm_struct">): Run<void> {
  const { start, length } = somewhere(dice, OTHERS, MOST_PAGES);
  yield* doMadvise(current, mm, start, length, MADV_DONTNEED);
}
