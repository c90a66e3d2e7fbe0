import type { Bug } from "./bug.ts";
import { STALE_PAGE } from "./consequences.ts";

export const finishBeforeFlush: Bug = {
  name: "finish-before-flush",
  summary: "finish returns without waiting for the flush that start has sent",
  origin: "own, RULES 21",
  edits: [
    {
      file: "src/driver/argued/svm/chunk_flush.ts",
      find: "  yield* tlbInvalWaitFlushed(current, svm.tlbInvalOf(current, vm), fence, asid);",
      replace: "",
    },
  ],
  breaks: ["use-after-free", "data-race", ...STALE_PAGE],
  driver: "two-pass",
  scenario: "munmap-storm",
  play: "unmap",
};
