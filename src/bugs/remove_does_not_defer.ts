import type { Bug } from "./bug.ts";

export const removeDoesNotDefer: Bug = {
  name: "remove-does-not-defer",
  summary: "remove takes a node out of a frozen tree",
  origin: "own, RULES 36",
  edits: [
    {
      file: "src/kernel/mmu_notifier/interval.ts",
      find: "    yield* hlistAddHead(current, subscriptions, MmuNotifierSubscriptions.deferredList, item);\n    return yield* read(current, subscriptions, MmuNotifierSubscriptions.invalidateSeq);",
      replace: "    yield* itreeRemove(current, subscriptions, sub);\n    return 0;",
    },
  ],
  breaks: ["I3", "I7", "use-after-free", "data-race", "RULES 36"],
  driver: "two-pass",
  scenario: null,
  play: "remove",
};
