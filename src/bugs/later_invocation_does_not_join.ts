import type { Bug } from "./bug.ts";
import { STALE_PAGE } from "./consequences.ts";

export const laterInvocationDoesNotJoin: Bug = {
  name: "later-invocation-does-not-join",
  summary: "an invocation that finds nothing to zap does not wait for the flush of the one that zapped",
  origin: "own, RULES 21",
  edits: [
    {
      file: "src/driver/argued/two_pass.ts",
      find: "  if (!hasZapped && underWay === 0) {",
      replace: "  if (!hasZapped) {",
    },
  ],
  breaks: [...STALE_PAGE],
  driver: "two-pass",
  scenario: "overlap",
  play: "nested",
};
