import type { Bug } from "./bug.ts";
import { STALE_PAGE } from "./consequences.ts";

export const timeOutCountsAsFlushed: Bug = {
  name: "time-out-counts-as-flushed",
  summary: "a TLB invalidation that is not answered in time counts as done",
  origin: "BUGS 57: xe_tlb_inval fence_timeout",
  edits: [
    {
      file: "src/driver/parts/tlb_inval.ts",
      find: "  while ((yield* tlbInvalWait(task, inval, fence)) !== 0) {",
      replace: "  while ((yield* tlbInvalWait(task, inval, fence)) > 0) {",
    },
  ],
  breaks: ["I21", ...STALE_PAGE],
  driver: "two-pass",
  scenario: null,
  play: "unmap",
  faults: { lostAnswerPercent: 50 },
};
