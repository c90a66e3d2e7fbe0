import type { Bug } from "./bug.ts";

export const pageLockUnderUserLock: Bug = {
  name: "page-lock-under-user-lock",
  summary: "a fault locks the page under the user lock, to mark it dirty",
  origin: "BUGS 23: 2577b202458c, CVE-2025-37868",
  edits: [
    {
      file: "src/driver/argued/svm/fault.ts",
      find: "import { MmStruct } from",
      replace: "import { tryLockPage, unlockPage, waitOnPageLocked } from \"../../../kernel/mm/page.ts\";\nimport { MmStruct } from",
    },
    {
      file: "src/driver/argued/svm/fault.ts",
      find: "    const page = range.start + i * PAGE_SIZE;\n",
      replace: "    while (!(yield* tryLockPage(current, hmmPfn(range.pfns[i])))) yield* waitOnPageLocked(current, hmmPfn(range.pfns[i]));\n    yield* unlockPage(current, hmmPfn(range.pfns[i]));\n    const page = range.start + i * PAGE_SIZE;\n",
    },
  ],
  breaks: ["lock-order", "deadlock", "partial-deadlock"],
  driver: "two-pass",
  scenario: null,
  play: "reclaim",
};
