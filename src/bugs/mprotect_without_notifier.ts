import type { Bug } from "./bug.ts";
import { STALE_PAGE } from "./consequences.ts";

export const mprotectWithoutNotifier: Bug = {
  name: "mprotect-without-notifier",
  summary: "mprotect takes permissions away without telling the notifiers",
  origin: "the rule of BUGS 47: f268f6cf875f",
  edits: [
    {
      file: "src/kernel/mm/mprotect.ts",
      find: "  yield* mmuNotifierInvalidateRangeStart(current, range);",
      replace: "",
    },
    {
      file: "src/kernel/mm/mprotect.ts",
      find: "  yield* mmuNotifierInvalidateRangeEnd(current, range);",
      replace: "",
    },
  ],
  breaks: [...STALE_PAGE],
  driver: "two-pass",
  scenario: "mprotect-flip",
  play: "mprotect",
};
