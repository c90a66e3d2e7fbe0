import type { Bug } from "./bug.ts";

export const deferredChangesForgotten: Bug = {
  name: "deferred-changes-forgotten",
  summary: "the last end does not apply the changes put off",
  origin: "own, RULES 3",
  edits: [
    {
      file: "src/kernel/mmu_notifier/itree.ts",
      find: "  yield* applyDeferred(current, subscriptions);\n",
      replace: "",
    },
  ],
  breaks: ["I2", "I5", "I7", "use-after-free", "WARN", "RULES 36"],
  driver: "two-pass",
  scenario: null,
  play: "remove",
};
