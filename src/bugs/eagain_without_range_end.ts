import type { Bug } from "./bug.ts";

export const eagainWithoutRangeEnd: Bug = {
  name: "eagain-without-range-end",
  summary: "classic notifiers that were started get no end when another one refuses",
  origin: "BUGS 12: c2655835fd8c",
  edits: [
    {
      file: "src/kernel/mmu_notifier/hlist_invalidate.ts",
      find: "  if (result !== 0) yield* callRangeEnds(current, subscriptions, range);\n",
      replace: "",
    },
  ],
  breaks: ["RULES 28", "RULES 31", "balance", "leak", "I10", "RULES 24"],
  driver: "two-pass",
  scenario: null,
  play: "oom-classic",
};
