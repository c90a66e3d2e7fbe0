import { PAGE_SIZE } from "../machine/pte.ts";
import type { Run } from "../machine/step.ts";
import { NULL, type Ptr } from "../machine/struct.ts";
import { doBrk } from "../kernel/mm/brk.ts";
import { dupMm } from "../kernel/mm/fork.ts";
import { doMadvise } from "../kernel/mm/madvise.ts";
import {
  MADV_DONTNEED,
  MADV_FREE,
  MADV_WILLNEED,
  MREMAP_DONTUNMAP,
  MREMAP_FIXED,
  MREMAP_MAYMOVE,
  PROT_NONE,
  PROT_READ,
} from "../kernel/mm/mman.ts";
import { mmput } from "../kernel/mm/mm_count.ts";
import { doMprotect } from "../kernel/mm/mprotect.ts";
import { doMremap } from "../kernel/mm/mremap.ts";
import { doMunmap } from "../kernel/mm/munmap.ts";
import { tryToFreePages } from "../kernel/mm/vmscan.ts";
import { anyArena, ARENAS, mapArena, mapPages, populateArenas, READ_WRITE, somewhere, touchSome } from "./arena.ts";
import { inProcess } from "./process.ts";
import type { Actor, Scenario } from "./stage.ts";

/** Every system call that takes memory away, weighted so that most of the arenas stays mapped most of the time. */
export const mixed: Scenario = {
  name: "mixed",
  summary: "weighted random mix of all system calls over several regions with neighbours and overlaps",
  *populate(actor, mm) {
    yield* populateArenas(actor, mm, ARENAS);
    yield* doBrk(actor.current, mm, 0);
  },
  *operation(actor) {
    const call = draw(actor);
    yield* inProcess(actor, (mm) => call(actor, mm));
  },
};

type Call = (actor: Actor, mm: Ptr<"mm_struct">) => Run<void>;

const CALLS: readonly (readonly [weight: number, call: Call])[] = [
  [25, touchPages],
  [12, unmapAndMapAgain],
  [10, mapOver],
  [12, protect],
  [14, dontNeed],
  [6, advise],
  [8, move],
  [4, growOrShrinkHeap],
  [3, forkAndWrite],
  [6, reclaimSome],
];
const TOTAL_WEIGHT = CALLS.reduce((sum, [weight]) => sum + weight, 0);

function draw(actor: Actor): Call {
  let roll = actor.dice.below(TOTAL_WEIGHT);
  for (const [weight, call] of CALLS) {
    if (roll < weight) return call;
    roll -= weight;
  }
  throw new Error("weights do not add up");
}

function* touchPages(actor: Actor, mm: Ptr<"mm_struct">): Run<void> {
  const { start, length } = somewhere(actor.dice, anyArena(actor.dice), 16);
  yield* touchSome(actor, mm, start, length, 6);
}

/** The range may begin in one arena and end in its neighbour. */
function* unmapAndMapAgain(actor: Actor, mm: Ptr<"mm_struct">): Run<void> {
  const arena = anyArena(actor.dice);
  const { start, length } = somewhere(actor.dice, arena, arena.pages);
  yield* doMunmap(actor.current, mm, start, length + (actor.dice.percent(30) ? 8 * PAGE_SIZE : 0));
  if (actor.dice.percent(70)) yield* mapArena(actor, mm, arena);
}

function* mapOver(actor: Actor, mm: Ptr<"mm_struct">): Run<void> {
  const arena = anyArena(actor.dice);
  const pages = 1 + actor.dice.below(16);
  yield* mapPages(actor, mm, arena, actor.dice.below(arena.pages - pages + 1), pages);
}

function* protect(actor: Actor, mm: Ptr<"mm_struct">): Run<void> {
  const { start, length } = somewhere(actor.dice, anyArena(actor.dice), 32);
  const prot = [READ_WRITE, READ_WRITE, READ_WRITE, PROT_READ, PROT_NONE][actor.dice.below(5)];
  yield* doMprotect(actor.current, mm, start, length, prot);
}

function* dontNeed(actor: Actor, mm: Ptr<"mm_struct">): Run<void> {
  const { start, length } = somewhere(actor.dice, anyArena(actor.dice), 16);
  yield* doMadvise(actor.current, mm, start, length, MADV_DONTNEED);
}

function* advise(actor: Actor, mm: Ptr<"mm_struct">): Run<void> {
  const { start, length } = somewhere(actor.dice, anyArena(actor.dice), 16);
  yield* doMadvise(actor.current, mm, start, length, actor.dice.percent(50) ? MADV_FREE : MADV_WILLNEED);
}

function* move(actor: Actor, mm: Ptr<"mm_struct">): Run<void> {
  const { start, length } = somewhere(actor.dice, anyArena(actor.dice), 8);
  const to = anyArena(actor.dice);
  const newStart = to.start + actor.dice.below(to.pages - 8) * PAGE_SIZE;
  const keep = actor.dice.percent(30) ? MREMAP_DONTUNMAP : 0;
  yield* doMremap(actor.current, mm, start, length, length, MREMAP_MAYMOVE | MREMAP_FIXED | keep, newStart);
}

function* growOrShrinkHeap(actor: Actor, mm: Ptr<"mm_struct">): Run<void> {
  const heap = yield* doBrk(actor.current, mm, 0);
  const brk = yield* doBrk(actor.current, mm, heap + (actor.dice.below(9) - 4) * PAGE_SIZE);
  if (brk > heap) yield* touchSome(actor, mm, heap, brk - heap, 2);
}

function* forkAndWrite(actor: Actor, mm: Ptr<"mm_struct">): Run<void> {
  const child = yield* dupMm(actor.current, mm);
  if (child === NULL) return;
  const { start, length } = somewhere(actor.dice, anyArena(actor.dice), 16);
  yield* touchSome(actor, child, start, length, 4);
  yield* touchSome(actor, mm, start, length, 4);
  yield* mmput(actor.current, child);
}

function* reclaimSome(actor: Actor): Run<void> {
  yield* tryToFreePages(actor.current, 4);
}
