import type { Bug } from "./bug.ts";

export const finishForgotten: Bug = {
  name: "finish-forgotten",
  summary: "the second pass is left out",
  origin: "own, RULES 15",
  edits: [
    {
      file: "src/kernel/mmu_notifier/two_pass.ts",
      find: "  yield* finishPass(current, range, pending); // also after a refusal: of those already started (RULES 28)",
      replace: "",
    },
  ],
  breaks: ["I10", "join"],
  driver: "two-pass",
  scenario: "munmap-storm",
  play: "unmap",
};
