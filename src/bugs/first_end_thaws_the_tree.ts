import type { Bug } from "./bug.ts";

export const firstEndThawsTheTree: Bug = {
  name: "first-end-thaws-the-tree",
  summary: "the first of several ends makes the number even",
  origin: "own, RULES 3",
  edits: [
    {
      file: "src/kernel/mmu_notifier/itree.ts",
      find: "  if (active !== 0 || !(yield* isInvalidating(current, subscriptions))) {",
      replace: "  if (!(yield* isInvalidating(current, subscriptions))) {",
    },
  ],
  breaks: ["I2", "I3", "I17"],
  driver: "two-pass",
  scenario: null,
  play: "overlap",
};
