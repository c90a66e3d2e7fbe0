import type { Bug } from "./bug.ts";
import { STALE_PAGE } from "./consequences.ts";

export const joinSignalledAtOnce: Bug = {
  name: "join-signalled-at-once",
  summary: "whoever joins a flush under way is told at once that it is done",
  origin: "own, RULES 21",
  edits: [
    {
      file: "src/driver/parts/tlb_inval.ts",
      find: "  if (tlbInvalSeqnoPast(yield* read(task, state, TlbInvalState.seqnoRecv), seqno)) {",
      replace: "  if (tlbInvalSeqnoPast(yield* read(task, state, TlbInvalState.seqno), seqno)) {",
    },
  ],
  breaks: ["I21", ...STALE_PAGE],
  driver: "two-pass",
  scenario: null,
  play: "nested",
};
