import type { Bug } from "./bug.ts";

export const wakeUpBeforeEven: Bug = {
  name: "wake-up-before-even",
  summary: "the last end wakes before it makes the number even",
  origin: "own, RULES 3",
  edits: [
    {
      file: "src/kernel/mmu_notifier/itree.ts",
      find: "  const seq = yield* read(current, subscriptions, MmuNotifierSubscriptions.invalidateSeq);\n  yield* write(current, subscriptions, MmuNotifierSubscriptions.invalidateSeq, (seq + 1) | 0);",
      replace: "  yield* wakeUpAll(current, waitQueueOf(subscriptions));\n  const seq = yield* read(current, subscriptions, MmuNotifierSubscriptions.invalidateSeq);\n  yield* write(current, subscriptions, MmuNotifierSubscriptions.invalidateSeq, (seq + 1) | 0);",
    },
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
