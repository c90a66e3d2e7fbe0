import { fetchAdd, init, read, visit } from "../../machine/access.ts";
import { Freelist, FreeLink, freelistFill, freelistPop, freelistPush, type LinkOf } from "../../machine/freelist.ts";
import type { Layout } from "../../machine/layout.ts";
import { POISON_FREE } from "../../machine/slab.ts";
import type { Run } from "../../machine/step.ts";
import { array, struct, u32, Word, type Ptr } from "../../machine/struct.ts";
import type { Current } from "../current.ts";

/** A slot: how many page-table entries and page-cache entries lead to it. */
export const SwapSlot = struct("swap_slot", { count: u32, free: FreeLink });

/** The swap space: each slot keeps the content words of one page. */
export class SwapSpace {
  readonly slots: number;
  readonly dataWords: number;
  readonly free: Ptr<"freelist">;
  readonly linkOf: LinkOf;
  readonly #slots: Ptr<"swap_slot">;
  readonly #contents: Ptr<"swap_page">;

  constructor(layout: Layout, slots: number, dataWords: number) {
    this.slots = slots;
    this.dataWords = dataWords;
    this.free = layout.place(Freelist, "free_swap");
    this.#slots = layout.place(SwapSlot, "swap_slot", slots);
    this.#contents = layout.place(struct("swap_page", { data: array(Word, dataWords) }), "swap_page", slots);
    this.linkOf = (slot) => (this.slot(slot) + SwapSlot.free) as Ptr<"free_link">;
  }

  powerOn(words: Int32Array): void {
    words.fill(0, this.#slots, this.#slots + this.slots * SwapSlot.words);
    freelistFill(words, this.free, this.linkOf, this.slots);
  }

  slot(slot: number): Ptr<"swap_slot"> {
    return (this.#slots + slot * SwapSlot.words) as Ptr<"swap_slot">;
  }

  content(slot: number): Ptr<"swap_page"> {
    return (this.#contents + slot * this.dataWords) as Ptr<"swap_page">;
  }
}

/** A slot with a count of one, or -1: swap is full. */
export function* swapAlloc(current: Current): Run<number> {
  const { swap } = current.kernel.mm;
  const slot = yield* freelistPop(current, swap.free, swap.linkOf);
  if (slot >= 0) init(current, swap.slot(slot), SwapSlot.count, 1);
  return slot;
}

/** One more entry leads to the slot. */
export function* swapDuplicate(current: Current, slot: number): Run<void> {
  yield* fetchAdd(current, current.kernel.mm.swap.slot(slot), SwapSlot.count, 1);
}

/** One entry less leads to the slot; the last one frees it. */
export function* swapPut(current: Current, slot: number): Run<void> {
  const { swap } = current.kernel.mm;
  if ((yield* fetchAdd(current, swap.slot(slot), SwapSlot.count, -1)) !== 1) return;
  const content = swap.content(slot);
  current.words.fill(POISON_FREE, content, content + swap.dataWords);
  yield* freelistPush(current, swap.free, swap.linkOf, slot);
}

/** Keep the content of a page that nobody can write to any more. */
export function* swapWritePage(current: Current, slot: number, pfn: number): Run<void> {
  const { swap, physical } = current.kernel.mm;
  const content = swap.content(slot);
  for (let word = 0; word < swap.dataWords; word++) {
    const value = yield* read(current, physical.entry(pfn, word), Word.value);
    current.words[content + word] = value; // nobody knows the slot yet
  }
}

/** Give a page that nobody else can reach yet the content that the slot keeps. */
export function* swapReadPage(current: Current, slot: number, pfn: number): Run<void> {
  const { swap, physical } = current.kernel.mm;
  const from = swap.content(slot);
  yield* visit(current, from);
  current.words.copyWithin(physical.content(pfn), from, from + swap.dataWords);
}
