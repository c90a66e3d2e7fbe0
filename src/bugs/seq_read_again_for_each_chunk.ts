import type { Bug } from "./bug.ts";
import { STALE_PAGE } from "./consequences.ts";

export const seqReadAgainForEachChunk: Bug = {
  name: "seq-read-again-for-each-chunk",
  summary: "a fault begins to read anew for its second look, whose number then stands for both",
  origin: "BUGS 2: c08972f55594, CVE-2026-63879",
  edits: [
    {
      file: "src/driver/argued/svm/fault.ts",
      find: "    let result = yield* hmmRangeFault(current, pageAt(notifier, seq, va, isWrite));\n    if (result === 0) result = yield* hmmRangeFault(current, range);\n",
      replace: "    const page = pageAt(notifier, seq, va, isWrite);\n    let result = yield* hmmRangeFault(current, page);\n    const again = { ...range, notifierSeq: yield* mmuIntervalReadBegin(current, notifier) };\n    if (result === 0) result = yield* hmmRangeFault(current, again);\n    again.pfns[(va - again.start) / PAGE_SIZE] = page.pfns[0];\n",
    },
    {
      file: "src/driver/argued/svm/fault.ts",
      find: "(yield* commit(current, svm, vm, va, range, isWrite))",
      replace: "(yield* commit(current, svm, vm, va, again, isWrite))",
    },
  ],
  breaks: ["I16", "I17", ...STALE_PAGE],
  driver: "two-pass",
  scenario: null,
  play: "refault",
};
