import type { Bug } from "./bug.ts";

export const wakeUpForgotten: Bug = {
  name: "wake-up-forgotten",
  summary: "the last end does not wake those who wait for it",
  origin: "own, RULES 3",
  edits: [
    {
      file: "src/kernel/mmu_notifier/itree.ts",
      find: "  yield* spinUnlock(current, lockOf(subscriptions));\n  yield* wakeUpAll(current, waitQueueOf(subscriptions));",
      replace: "  yield* spinUnlock(current, lockOf(subscriptions));",
    },
  ],
  breaks: ["deadlock", "lost-wakeup", "partial-deadlock"],
  driver: "two-pass",
  scenario: null,
  play: "refault",
};
