import type { Bug } from "./bug.ts";

export const idleInsertTakesPresentSeq: Bug = {
  name: "idle-insert-takes-present-seq",
  summary: "a notifier inserted while nothing happens starts with the present, even number",
  origin: "own, RULES 6",
  edits: [
    {
      file: "src/kernel/mmu_notifier/interval.ts",
      find: "  const seq = (yield* read(current, subscriptions, MmuNotifierSubscriptions.invalidateSeq)) - 1;",
      replace: "  const seq = yield* read(current, subscriptions, MmuNotifierSubscriptions.invalidateSeq);",
    },
  ],
  breaks: ["I4", "deadlock", "lost-wakeup", "partial-deadlock"],
  driver: "two-pass",
  scenario: null,
  play: "fault",
};
