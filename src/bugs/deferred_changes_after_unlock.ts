import type { Bug } from "./bug.ts";

export const deferredChangesAfterUnlock: Bug = {
  name: "deferred-changes-after-unlock",
  summary: "the changes put off are applied after the lock was dropped",
  origin: "own, RULES 37",
  edits: [
    {
      file: "src/kernel/mmu_notifier/itree.ts",
      find: "  yield* applyDeferred(current, subscriptions);\n  yield* spinUnlock(current, lockOf(subscriptions));",
      replace: "  yield* spinUnlock(current, lockOf(subscriptions));\n  yield* applyDeferred(current, subscriptions);",
    },
  ],
  breaks: ["I3", "I5", "I7", "use-after-free", "data-race", "RULES 36"],
  driver: "two-pass",
  scenario: null,
  play: "remove",
};
