import type { Bug } from "./bug.ts";
import { STALE_PAGE } from "./consequences.ts";

export const flushSkipped: Bug = {
  name: "flush-skipped",
  summary: "the page table is zapped, but the TLB invalidation is never sent",
  origin: "own",
  edits: [
    {
      file: "src/driver/argued/single_pass.ts",
      find: "    yield* flush(current, svm, vm, clip);",
      replace: "    // nothing",
    },
  ],
  breaks: ["I16", ...STALE_PAGE],
  driver: "single-pass",
  scenario: "munmap-storm",
  play: "unmap",
};
