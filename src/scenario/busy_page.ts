import { cpuAccess } from "../kernel/mm/cpu_access.ts";
import { ACCESS_WRITE } from "../machine/access_kind.ts";
import { sleepUntil } from "../machine/futex.ts";
import type { Run } from "../machine/step.ts";
import type { Ptr } from "../machine/struct.ts";
import { ARENAS, populateArenas } from "./arena.ts";
import { serveFaults } from "./fault_service.ts";
import { inProcess } from "./process.ts";
import type { Actor, Scenario } from "./stage.ts";
import { idle, takeAway } from "./take_away.ts";

const ARENA = { ...ARENAS[0], pages: 1 };

/** Microseconds in which a context that was let go, or whose fault was answered, comes to its next fault or to work. */
const REST_US = 20;

/**
 * As one-page, but all contexts are at work with the page when it is taken away: who wants to preempt them has to wait for them.
 * The
 * CPU writes to it before they have it again, so that their writes need no copy, which would be an invalidation too.
 */
export const busyPage: Scenario = {
  name: "busy-page",
  summary: "a page that all GPUs work with is taken away, again and again",
  *populate(actor, mm) {
    yield* populateArenas(actor, mm, [ARENA]);
    yield* writePage(actor, mm);
  },
  *operation(actor) {
    if (actor.cpu === 0) yield* takeBusyPageAway(actor);
    else yield* idle(actor);
  },
};

export function* takeBusyPageAway(actor: Actor): Run<void> {
  yield* letGpusWork(actor);
  yield* takeAway(actor, ARENA.start, ARENA.pages);
  yield* inProcess(actor, (mm) => writePage(actor, mm));
}

/** They miss the page that was just taken away, fault, and go on. */
function* letGpusWork({ current, stage }: Actor): Run<void> {
  do {
    yield* sleepUntil(current, current.nowUs() + REST_US);
  } while (yield* serveFaults(current, stage));
}

function* writePage({ current, cpu, dice }: Actor, mm: Ptr<"mm_struct">): Run<void> {
  yield* cpuAccess(current, mm, ARENA.start, ACCESS_WRITE, 1 + cpu, 1 + dice.below(0x7fff_fffe));
}
