import type { Bug } from "./bug.ts";

export const classicNotifiersFirst: Bug = {
  name: "classic-notifiers-first",
  summary: "classic notifiers are started before the interval tree",
  origin: "own, RULES 24",
  edits: [
    {
      file: "src/kernel/mmu_notifier/invalidate.ts",
      find: "  if (yield* hasItree(current, subscriptions)) result = yield* itreeInvalidate(current, subscriptions, range);\n  if (result === 0 && !(yield* hlistEmpty(current, subscriptions, MmuNotifierSubscriptions.list))) {\n    result = yield* hlistInvalidate(current, subscriptions, range);\n  }",
      replace: "  if (!(yield* hlistEmpty(current, subscriptions, MmuNotifierSubscriptions.list))) {\n    result = yield* hlistInvalidate(current, subscriptions, range);\n  }\n  if (result === 0 && (yield* hasItree(current, subscriptions))) result = yield* itreeInvalidate(current, subscriptions, range);",
    },
  ],
  breaks: ["RULES 24"],
  driver: "two-pass",
  scenario: null,
  play: "mixed-notifiers",
};
