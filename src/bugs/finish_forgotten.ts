import type { Bug } from "./bug.ts";

export const finishForgotten: Bug = {
  name: "finish-forgotten",
  summary: "the second pass is left out",
  origin: "own, RULES 15",
  edits: [
    {
      file: "src/kernel/mmu_notifier/invalidate.ts",
      find: "  yield* finishPass(current, range, pending);",
      replace: "",
    },
  ],
  breaks: ["I10", "join"],
  driver: "two-pass",
  scenario: "munmap-storm",
  play: "unmap",
};
