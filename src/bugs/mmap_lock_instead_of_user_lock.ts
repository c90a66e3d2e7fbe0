import type { Bug } from "./bug.ts";
import { STALE_PAGE } from "./consequences.ts";

export const mmapLockInsteadOfUserLock: Bug = {
  name: "mmap-lock-instead-of-user-lock",
  summary: "a fault commits under mmap_lock instead of the lock that the notifier takes",
  origin: "BUGS 6: f95f51a4c335",
  edits: [
    {
      file: "src/driver/argued/svm/fault.ts",
      find: "  const lock = svm.userLockOf(current, chunkOf(range.notifier));\n  yield* mutexLock(current, lock);",
      replace: "  const mm: Ptr<\"mm_struct\"> = yield* readPtr(current, vm, SvmVm.mm);\n  const lock = embedded(mm, MmStruct.mmapLock);\n  yield* downRead(current, lock);",
    },
    {
      file: "src/driver/argued/svm/fault.ts",
      find: "  yield* mutexUnlock(current, lock);",
      replace: "  yield* upRead(current, lock);",
    },
  ],
  breaks: ["I16", "I17", "data-race", ...STALE_PAGE],
  driver: "two-pass",
  scenario: null,
  play: "fault",
};
