import type { Bug } from "./bug.ts";

export const srcuSectionForgotten: Bug = {
  name: "srcu-section-forgotten",
  summary: "range_start walks the classic notifiers outside an SRCU read section",
  origin: "own, RULES 40",
  edits: [
    {
      file: "src/kernel/mmu_notifier/hlist_invalidate.ts",
      find: "  let result = 0;\n  yield* srcuReadLock(current);\n",
      replace: "  let result = 0;\n",
    },
    {
      file: "src/kernel/mmu_notifier/hlist_invalidate.ts",
      find: "  if (result !== 0) yield* callRangeEnds(current, subscriptions, range);\n  yield* srcuReadUnlock(current);\n",
      replace: "  if (result !== 0) yield* callRangeEnds(current, subscriptions, range);\n",
    },
  ],
  breaks: ["RULES 43", "use-after-free", "data-race", "exception"],
  driver: "two-pass",
  scenario: null,
  play: "register",
};
