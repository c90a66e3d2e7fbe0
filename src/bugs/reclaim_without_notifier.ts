import type { Bug } from "./bug.ts";
import { STALE_PAGE } from "./consequences.ts";

export const reclaimWithoutNotifier: Bug = {
  name: "reclaim-without-notifier",
  summary: "reclaim takes a page out of the page tables without telling the notifiers",
  origin: "BUGS 47: f268f6cf875f, CVE-2022-48991",
  edits: [
    {
      file: "src/kernel/mm/rmap.ts",
      find: "  yield* mmuNotifierInvalidateRangeStart(current, range);",
      replace: "",
    },
    {
      file: "src/kernel/mm/rmap.ts",
      find: "  yield* mmuNotifierInvalidateRangeEnd(current, range);",
      replace: "",
    },
  ],
  breaks: [...STALE_PAGE],
  driver: "two-pass",
  scenario: "reclaim",
  play: "reclaim",
};
