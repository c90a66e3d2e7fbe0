import type { Bug } from "./bug.ts";
import { STALE_PAGE } from "./consequences.ts";

export const walkOvertakenByFlush: Bug = {
  name: "walk-overtaken-by-flush",
  summary: "a page-table walk fills the TLB although a flush has come in between",
  origin: "own",
  edits: [
    {
      file: "src/device/tlb.ts",
      find: "  if (isOvertaken(walked.epoch, yield* fetchAdd(task, tlb, Tlb.epoch, 0))) return false;",
      replace: "  yield* fetchAdd(task, tlb, Tlb.epoch, 0);",
    },
  ],
  breaks: [...STALE_PAGE],
  driver: "two-pass",
  scenario: null,
  play: "unmap",
};
