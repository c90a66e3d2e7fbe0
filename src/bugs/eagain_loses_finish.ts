import type { Bug } from "./bug.ts";

export const eagainLosesFinish: Bug = {
  name: "eagain-loses-finish",
  summary: "a refused range is ended without the second pass of those already started",
  origin: "own, RULES 28",
  edits: [
    {
      file: "src/kernel/mmu_notifier/two_pass.ts",
      find: "  yield* finishPass(current, range, pending); // also after a refusal: of those already started (RULES 28)",
      replace: "  if (result === 0) yield* finishPass(current, range, pending);",
    },
  ],
  breaks: ["I10", "I11"],
  driver: "two-pass",
  scenario: "notifier-churn",
  play: "oom-finish",
};
