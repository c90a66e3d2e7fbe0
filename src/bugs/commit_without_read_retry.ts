import type { Bug } from "./bug.ts";
import { STALE_PAGE } from "./consequences.ts";

export const commitWithoutReadRetry: Bug = {
  name: "commit-without-read-retry",
  summary: "a fault commits what it has read without asking read_retry",
  origin: "own, RULES 9",
  edits: [
    {
      file: "src/driver/argued/svm/fault.ts",
      find: "  const isStale = yield* mmuIntervalReadRetry(current, range.notifier, range.notifierSeq);",
      replace: "  const isStale = false;",
    },
  ],
  breaks: ["I16", "I17", ...STALE_PAGE],
  driver: "two-pass",
  scenario: "mixed",
  play: "refault",
};
