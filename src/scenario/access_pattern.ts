import { PAGE_SIZE } from "../machine/pte.ts";
import type { Ptr } from "../machine/struct.ts";
import { Board, targetPages, targetStart } from "./board.ts";
import type { Dice } from "./dice.ts";

/** Where a GPU's context looks next: the process address of a page within the targets, or -1 if there is none. */
export type AccessPattern = (words: Int32Array, board: Ptr<"board">) => number;

export const ACCESS_PATTERNS = ["zipf", "uniform", "stride"] as const;
export type AccessPatternName = (typeof ACCESS_PATTERNS)[number];

/** Pages that a stride moves on. */
const STRIDE_PAGES = 3;

export function accessPattern(name: AccessPatternName, dice: Dice): AccessPattern {
  switch (name) {
    case "uniform":
      return pick((count) => dice.below(count));
    case "zipf":
      return pick((count) => zipf(dice, count));
    case "stride": {
      let position = dice.below(1 << 16);
      return (words, board) => {
        const count = Atomics.load(words, board + Board.targetCount);
        if (count === 0) return -1;
        position += STRIDE_PAGES;
        const target = Math.floor(position / 64) % count;
        return pageOf(words, board, target, () => position);
      };
    }
  }
}

function pick(choose: (count: number) => number): AccessPattern {
  return (words, board) => {
    const count = Atomics.load(words, board + Board.targetCount);
    return count === 0 ? -1 : pageOf(words, board, choose(count), choose);
  };
}

/** A page of this target, or of the next one that there is: a log's targets come and go. */
function pageOf(words: Int32Array, board: Ptr<"board">, first: number, choose: (count: number) => number): number {
  const count = Atomics.load(words, board + Board.targetCount);
  for (let i = 0; i < count; i++) {
    const target = (first + i) % count;
    const pages = targetPages(words, board, target);
    if (pages > 0) return targetStart(words, board, target) + (choose(pages) % pages) * PAGE_SIZE;
  }
  return -1;
}

/** Rank r with a probability near 1/r: uniform in the logarithm. */
function zipf(dice: Dice, count: number): number {
  return Math.min(count - 1, Math.floor((count + 1) ** (dice.below(1 << 20) / (1 << 20))) - 1);
}
