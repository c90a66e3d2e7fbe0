import type { Bug } from "./bug.ts";
import { STALE_PAGE } from "./consequences.ts";

export const flushMissesSecondLevel: Bug = {
  name: "flush-misses-second-level",
  summary: "a TLB invalidation empties the first level only",
  origin: "own, RULES 69",
  edits: [
    {
      file: "src/device/tlb.ts",
      find: "  removeRange(task.words, tlb + Tlb.l2, L2_ENTRIES, asid, start, end);\n",
      replace: "",
    },
  ],
  breaks: [...STALE_PAGE],
  driver: "two-pass",
  scenario: null,
  play: "unmap",
};
