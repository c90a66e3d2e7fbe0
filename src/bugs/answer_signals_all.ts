import type { Bug } from "./bug.ts";
import { STALE_PAGE } from "./consequences.ts";

export const answerSignalsAll: Bug = {
  name: "answer-signals-all",
  summary: "an answer signals every pending fence, also of invalidations sent later",
  origin: "own, RULES 69",
  edits: [
    {
      file: "src/driver/parts/tlb_inval.ts",
      find: "takeAnswered(task, embedded(state, TlbInvalState.pending), seqno)",
      replace: "takeAnswered(task, embedded(state, TlbInvalState.pending), seqno + 1000)",
    },
  ],
  breaks: ["I21", ...STALE_PAGE],
  driver: "two-pass",
  scenario: null,
  play: "overlap",
};
