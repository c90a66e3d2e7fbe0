import type { Bug } from "./bug.ts";

export const retryKeepsThePageLock: Bug = {
  name: "retry-keeps-the-page-lock",
  summary: "a fault that has to start over leaves its page locked",
  origin: "BUGS 31: b3fefbb30a16",
  edits: [
    {
      file: "src/driver/argued/svm/fault.ts",
      find: "import { MmStruct } from",
      replace: "import { tryLockPage, unlockPage, waitOnPageLocked } from \"../../../kernel/mm/page.ts\";\nimport { MmStruct } from",
    },
    {
      file: "src/driver/argued/svm/fault.ts",
      find: "    if (result === 0 && (yield* commit(current, svm, vm, va, range, isWrite))) return 0;\n",
      replace: "    if (result === 0) {\n      const locked = hmmPfn(range.pfns[(va - range.start) / PAGE_SIZE]);\n      while (!(yield* tryLockPage(current, locked))) yield* waitOnPageLocked(current, locked);\n      if (yield* commit(current, svm, vm, va, range, isWrite)) {\n        yield* unlockPage(current, locked);\n        return 0;\n      }\n    }\n",
    },
  ],
  breaks: ["I23", "deadlock", "partial-deadlock", "leak", "livelock", "lost-wakeup"],
  driver: "two-pass",
  scenario: null,
  play: "reclaim",
};
