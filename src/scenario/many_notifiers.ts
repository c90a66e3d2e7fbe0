import type { Kernel } from "../kernel/kernel.ts";
import { doMadvise } from "../kernel/mm/madvise.ts";
import { MADV_DONTNEED, MAP_PRIVATE } from "../kernel/mm/mman.ts";
import type { Layout } from "../machine/layout.ts";
import { PAGE_SIZE } from "../machine/pte.ts";
import { mapArena } from "./arena.ts";
import { setTarget } from "./board.ts";
import { IdleNotifiers } from "./idle_notifier.ts";
import { inProcess } from "./process.ts";
import type { Scenario } from "./stage.ts";
import { idle, prefetch } from "./take_away.ts";

const START = 0x6000_0000_0000;

/**
 * CPU 0 asks for a range with `count` notifiers that have nothing to do, a page each, and for a page that the GPUs have, again
 * and again: what it costs to walk the tree, and to walk it once more because somebody has to be waited for (RULES d 3, 4).
 */
export function manyNotifiers(layout: Layout, kernel: Kernel, count: number): Scenario {
  const notifiers = new IdleNotifiers(layout, kernel, count);
  return {
    name: "many-notifiers",
    summary: "a range with many notifiers that have nothing to do: what it costs to walk the tree",
    leavesGpusIdle: true,
    *populate(actor, mm) {
      yield* mapArena(actor, mm, { start: START, pages: count, sharing: MAP_PRIVATE });
      setTarget(actor.current.words, actor.stage.board, 0, START, 1);
      yield* notifiers.insert(actor.current, mm, START, PAGE_SIZE);
    },
    *operation(actor) {
      if (actor.cpu !== 0) return yield* idle(actor);
      yield* inProcess(actor, function* (mm) {
        yield* prefetch(actor, START, 1);
        yield* doMadvise(actor.current, mm, START, count * PAGE_SIZE, MADV_DONTNEED);
      });
    },
    clear: ({ current }) => notifiers.remove(current),
  };
}
