import type { Bug } from "./bug.ts";

export const eachStartBumpsSeq: Bug = {
  name: "each-start-bumps-seq",
  summary: "a start that finds the tree frozen takes the next odd number",
  origin: "own, RULES 2",
  edits: [
    {
      file: "src/kernel/mmu_notifier/subscriptions.ts",
      find: "  if ((seq & 1) !== 0) return;\n  yield* write(current, subscriptions, MmuNotifierSubscriptions.invalidateSeq, seq | 1);",
      replace: "  yield* write(current, subscriptions, MmuNotifierSubscriptions.invalidateSeq, (seq & 1) !== 0 ? seq + 2 : seq | 1);",
    },
  ],
  breaks: ["I2"],
  driver: "two-pass",
  scenario: null,
  play: "overlap",
};
