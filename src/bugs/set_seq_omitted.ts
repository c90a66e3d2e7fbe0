import type { Bug } from "./bug.ts";
import { STALE_PAGE } from "./consequences.ts";

export const setSeqOmitted: Bug = {
  name: "set-seq-omitted",
  summary: "start does not set the notifier's sequence number",
  origin: "own, RULES 7",
  edits: [
    {
      file: "src/driver/argued/two_pass.ts",
      find: "  yield* mmuIntervalSetSeq(current, notifier, curSeq);",
      replace: "",
    },
  ],
  breaks: ["I6", "I16", ...STALE_PAGE],
  driver: "two-pass",
  scenario: "mixed",
  play: "refault",
};
