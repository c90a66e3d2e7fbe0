import { ACCESS_ADD, ACCESS_READ, ACCESS_WRITE } from "../machine/access_kind.ts";
import { PAGE_SIZE, PMD_SIZE } from "../machine/pte.ts";
import type { Run } from "../machine/step.ts";
import type { Ptr } from "../machine/struct.ts";
import { cpuAccess } from "../kernel/mm/cpu_access.ts";
import { MAP_ANONYMOUS, MAP_FIXED, MAP_PRIVATE, MAP_SHARED, PROT_READ, PROT_WRITE } from "../kernel/mm/mman.ts";
import { doMmap } from "../kernel/mm/mmap.ts";
import { setTarget } from "./board.ts";
import type { Dice } from "./dice.ts";
import type { Actor } from "./stage.ts";

/**
 * A fixed piece of the address space in which a scenario maps and unmaps. Arenas 0 and 1 touch each other, so that a range may
 * reach over their border; the others lie far apart, and one crosses the border of a 2 MiB table.
 */
export interface Arena {
  /** First byte. */
  readonly start: number;
  readonly pages: number;
  /** MAP_PRIVATE or MAP_SHARED. */
  readonly sharing: number;
}

const BASE = 0x7f00_0000_0000;

export const ARENAS: readonly Arena[] = [
  { start: BASE, pages: 96, sharing: MAP_PRIVATE },
  { start: BASE + 96 * PAGE_SIZE, pages: 64, sharing: MAP_SHARED },
  { start: 0x2000_0000_0000 + PMD_SIZE - 32 * PAGE_SIZE, pages: 64, sharing: MAP_PRIVATE },
  { start: 0x5555_5555_4000, pages: 48, sharing: MAP_PRIVATE },
];

export const READ_WRITE = PROT_READ | PROT_WRITE;

/** Map the whole arena afresh, over whatever is there. */
export function* mapArena(actor: Actor, mm: Ptr<"mm_struct">, arena: Arena, prot = READ_WRITE): Run<number> {
  return yield* mapPages(actor, mm, arena, 0, arena.pages, prot);
}

/** Map pages `first` to `first + pages - 1` of the arena afresh. Address or negative error. */
export function* mapPages(
  actor: Actor,
  mm: Ptr<"mm_struct">,
  arena: Arena,
  first: number,
  pages: number,
  prot = READ_WRITE,
): Run<number> {
  const start = arena.start + first * PAGE_SIZE;
  return yield* doMmap(actor.current, mm, start, pages * PAGE_SIZE, prot, arena.sharing | MAP_ANONYMOUS | MAP_FIXED);
}

/** Map these arenas and make them the GPUs' targets. */
export function* populateArenas(actor: Actor, mm: Ptr<"mm_struct">, arenas: readonly Arena[]): Run<void> {
  for (const [index, arena] of arenas.entries()) {
    yield* mapArena(actor, mm, arena);
    setTarget(actor.current.words, actor.stage.board, index, arena.start, arena.pages);
  }
}

/** A run of pages somewhere in an arena, at most `most` long: bytes, end exclusive. */
export function somewhere(dice: Dice, arena: Arena, most: number): { start: number; length: number } {
  const pages = 1 + dice.below(Math.min(most, arena.pages));
  const first = dice.below(arena.pages - pages + 1);
  return { start: arena.start + first * PAGE_SIZE, length: pages * PAGE_SIZE };
}

export function anyArena(dice: Dice, arenas: readonly Arena[] = ARENAS): Arena {
  return arenas[dice.below(arenas.length)];
}

/**
 * Let this CPU read, write or add on one page, as the program itself would. A fault that cannot be served is the program's own.
 */
export function* touch(actor: Actor, mm: Ptr<"mm_struct">, va: number): Run<void> {
  const kind = [ACCESS_READ, ACCESS_WRITE, ACCESS_ADD][actor.dice.below(3)];
  const value = kind === ACCESS_WRITE ? stamp(actor) : 1;
  const word = kind === ACCESS_ADD ? 0 : 1 + actor.cpu;
  yield* cpuAccess(actor.current, mm, va, kind, word, value);
}

/** Touch up to `count` random pages of [start, start + length). */
export function* touchSome(actor: Actor, mm: Ptr<"mm_struct">, start: number, length: number, count: number): Run<void> {
  for (let i = 0; i < count; i++) yield* touch(actor, mm, start + actor.dice.below(length / PAGE_SIZE) * PAGE_SIZE);
}

/** A value that this CPU has hardly ever written before: 31 random bits, never 0. */
function stamp(actor: Actor): number {
  return 1 + actor.dice.below(0x7fff_fffe);
}
