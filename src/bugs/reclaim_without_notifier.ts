import type { Bug } from "./bug.ts";

export const reclaimWithoutNotifier: Bug = {
  name: "reclaim-without-notifier",
  summary: "reclaim takes a page out of the page tables without telling the notifiers",
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
  breaks: ["stale-access"],
  driver: "two-pass",
  scenario: "reclaim",
};
