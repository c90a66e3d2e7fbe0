import type { Bug } from "./bug.ts";

export const insertDoesNotFreeze: Bug = {
  name: "insert-does-not-freeze",
  summary: "an insert beside a range that hit nobody leaves the number even",
  origin: "own, RULES 33",
  edits: [
    {
      file: "src/kernel/mmu_notifier/interval.ts",
      find: "  if (!isFrozen) yield* freezeTree(current, mm, subscriptions);\n",
      replace: "",
    },
  ],
  breaks: ["I2", "I4", "I6", "I17"],
  driver: "two-pass",
  scenario: null,
  play: "insert-unseen",
};
