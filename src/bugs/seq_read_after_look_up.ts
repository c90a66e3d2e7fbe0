import type { Bug } from "./bug.ts";
import { STALE_PAGE } from "./consequences.ts";

export const seqReadAfterLookUp: Bug = {
  name: "seq-read-after-look-up",
  summary: "a fault asks for the sequence number after it has looked at the page tables",
  origin: "BUGS 60: 13ec9308a857",
  edits: [
    {
      file: "src/driver/argued/svm/fault.ts",
      find: "    if (result === 0 && (yield* commit(current, svm, vm, va, range, isWrite))) return 0;",
      replace: "    const late = { ...range, notifierSeq: yield* mmuIntervalReadBegin(current, notifier) };\n    if (result === 0 && (yield* commit(current, svm, vm, va, late, isWrite))) return 0;",
    },
  ],
  breaks: ["I16", "I17", ...STALE_PAGE],
  driver: "two-pass",
  scenario: null,
  play: "refault",
};
