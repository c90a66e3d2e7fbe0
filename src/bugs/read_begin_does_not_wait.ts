import type { Bug } from "./bug.ts";

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
  breaks: ["I17", "I16", "stale-access", "join"],
  driver: "two-pass",
  scenario: null,
  play: "refault",
};
