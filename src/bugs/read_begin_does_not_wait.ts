import type { Bug } from "./bug.ts";
import { STALE_PAGE } from "./consequences.ts";

export const readBeginDoesNotWait: Bug = {
  name: "read-begin-does-not-wait",
  summary: "read_begin returns at once although the notifier is being invalidated",
  origin: "own, RULES 8",
  edits: [
    {
      file: "src/kernel/mmu_notifier/read.ts",
      find: "  if (isInvalidating) {",
      replace: "  if (isInvalidating && seq < 0) {",
    },
  ],
  breaks: ["I16", "I17", ...STALE_PAGE],
  driver: "two-pass",
  scenario: null,
  play: "refault",
};
