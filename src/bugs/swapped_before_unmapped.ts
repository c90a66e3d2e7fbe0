import type { Bug } from "./bug.ts";
import { STALE_PAGE } from "./consequences.ts";

export const swappedBeforeUnmapped: Bug = {
  name: "swapped-before-unmapped",
  summary: "reclaim copies a page to swap while GPUs may still write to it",
  origin: "the rule of BUGS 46: 7066f0f933a1",
  edits: [
    {
      file: "src/kernel/mm/rmap.ts",
      find: "  yield* mmuNotifierInvalidateRangeStart(current, range);",
      replace: "  if (unmapping.slot >= 0) yield* swapWritePage(current, unmapping.slot, unmapping.pfn);\n  yield* mmuNotifierInvalidateRangeStart(current, range);",
    },
    {
      file: "src/kernel/mm/rmap.ts",
      find: "    yield* swapWritePage(current, slot, pfn);\n",
      replace: "",
    },
  ],
  breaks: [...STALE_PAGE],
  driver: "two-pass",
  scenario: "reclaim",
  play: "reclaim",
};
