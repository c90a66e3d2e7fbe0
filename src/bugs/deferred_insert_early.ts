import type { Bug } from "./bug.ts";

export const deferredInsertEarly: Bug = {
  name: "deferred-insert-early",
  summary: "an insert during an invalidation goes straight into the frozen tree",
  origin: "own, RULES 33",
  edits: [
    {
      file: "src/kernel/mmu_notifier/interval.ts",
      find: "  if (!isFrozen) yield* itreeInsert(current, subscriptions, sub);\n  else yield* hlistAddHead",
      replace: "  if (isFrozen || !isFrozen) yield* itreeInsert(current, subscriptions, sub);\n  else yield* hlistAddHead",
    },
  ],
  breaks: ["I3", "data-race"],
  driver: "two-pass",
  scenario: "notifier-churn",
  play: "insert",
};
