import type { Bug } from "./bug.ts";

export const removeDoesNotWait: Bug = {
  name: "remove-does-not-wait",
  summary: "remove returns while the invalidation that froze the tree still runs",
  origin: "own, RULES 36",
  edits: [
    {
      file: "src/kernel/mmu_notifier/interval.ts",
      find: "  if (frozenSeq !== 0) {",
      replace: "  if (frozenSeq === -1) {",
    },
  ],
  breaks: ["I7", "RULES 36"],
  driver: "two-pass",
  scenario: "notifier-churn",
  play: "remove",
};
