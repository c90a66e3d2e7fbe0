import type { Bug } from "./bug.ts";

export const blockableTestInverted: Bug = {
  name: "blockable-test-inverted",
  summary: "the notifier refuses ordinary ranges and blocks in those that must not",
  origin: "BUGS 14: gntdev 2018",
  edits: [
    {
      file: "src/driver/argued/two_pass.ts",
      find: "  if (!range.blockable) return yield* invalidateWithoutBlocking",
      replace: "  if (range.blockable) return yield* invalidateWithoutBlocking",
    },
  ],
  breaks: ["I26", "WARN", "join", "stale-access", "I9"],
  driver: "two-pass",
  scenario: null,
  play: "unmap",
};
