import type { Bug } from "./bug.ts";

export const closeFlushesAfterUnlock: Bug = {
  name: "close-flushes-after-unlock",
  summary: "closing a VM zaps under the user lock, but flushes outside of it",
  origin: "own, RULES 21",
  edits: [
    {
      file: "src/driver/svm/vm.ts",
      find: "  if (zapped) yield* flushAll(current, svm, vm);\n  yield* mutexUnlock(current, embedded(vm, SvmVm.notifierLock));",
      replace: "  yield* mutexUnlock(current, embedded(vm, SvmVm.notifierLock));\n  if (zapped) yield* flushAll(current, svm, vm);",
    },
  ],
  breaks: ["join", "stale-access"],
  driver: "two-pass",
  scenario: null,
  play: "exit",
};
