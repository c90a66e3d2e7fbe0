import type { Bug } from "./bug.ts";
import { STALE_PAGE } from "./consequences.ts";

export const copyOnWriteWithoutNotifier: Bug = {
  name: "copy-on-write-without-notifier",
  summary: "copy-on-write puts another page in place without telling the notifiers",
  origin: "own, RULES 77",
  edits: [
    {
      file: "src/kernel/mm/fault_write_protected.ts",
      find: "  yield* mmuNotifierInvalidateRangeStart(current, range);\n",
      replace: "",
    },
    {
      file: "src/kernel/mm/fault_write_protected.ts",
      find: "  yield* mmuNotifierInvalidateRangeEnd(current, range);\n",
      replace: "",
    },
  ],
  breaks: [...STALE_PAGE],
  driver: "two-pass",
  scenario: null,
  play: "copy-on-write",
};
