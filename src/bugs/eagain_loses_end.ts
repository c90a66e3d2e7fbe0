import type { Bug } from "./bug.ts";

export const eagainLosesEnd: Bug = {
  name: "eagain-loses-end",
  summary: "a refused range is never ended",
  origin: "own, RULES 28",
  edits: [
    {
      file: "src/kernel/mmu_notifier/invalidate.ts",
      find: "  if (result !== 0) yield* itreeInvEnd(current, range.mm, subscriptions); // RULES 28",
      replace: "",
    },
  ],
  breaks: ["I1", "I2", "stuck"],
  driver: "two-pass",
  scenario: "notifier-churn",
  play: "oom",
};
