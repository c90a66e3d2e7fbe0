import type { Bug } from "./bug.ts";

export const refusedRangeGoesOn: Bug = {
  name: "refused-range-goes-on",
  summary: "after a refusal the walk goes on to the next notifier",
  origin: "own, RULES 27",
  edits: [
    {
      file: "src/kernel/mmu_notifier/two_pass.ts",
      find: "      result = EAGAIN; // the first refusal ends the walk (RULES 27)\n      break;",
      replace: "      result = EAGAIN; // the first refusal ends the walk (RULES 27)",
    },
  ],
  breaks: ["RULES 27", "WARN"],
  driver: "two-pass",
  scenario: null,
  play: "oom",
};
