import type { Bug } from "./bug.ts";
import { STALE_PAGE } from "./consequences.ts";

export const forkWithoutNotifier: Bug = {
  name: "fork-without-notifier",
  summary: "fork write-protects the parent's pages without telling the notifiers",
  origin: "the rule of BUGS 47: f268f6cf875f",
  edits: [
    {
      file: "src/kernel/mm/fork.ts",
      find: "  yield* mmuNotifierInvalidateRangeStart(current, range);",
      replace: "",
    },
    {
      file: "src/kernel/mm/fork.ts",
      find: "  yield* mmuNotifierInvalidateRangeEnd(current, range);",
      replace: "",
    },
  ],
  breaks: [...STALE_PAGE],
  driver: "two-pass",
  scenario: "fork-cow",
  play: "fork",
};
