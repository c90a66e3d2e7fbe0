import type { Bug } from "./bug.ts";
import { STALE_PAGE } from "./consequences.ts";

export const setSeqAfterUnlock: Bug = {
  name: "set-seq-after-unlock",
  summary: "start sets the sequence number after it has dropped the user lock",
  origin: "own, RULES 7",
  edits: [
    {
      file: "src/driver/argued/two_pass.ts",
      find: "  yield* mmuIntervalSetSeq(current, notifier, curSeq);\n  const hasZapped",
      replace: "  const hasZapped",
    },
    {
      file: "src/driver/argued/two_pass.ts",
      find: "  if (!hasZapped && underWay === 0) {\n    yield* mutexUnlock(current, embedded(vm, SvmVm.notifierLock));\n",
      replace: "  if (!hasZapped && underWay === 0) {\n    yield* mutexUnlock(current, embedded(vm, SvmVm.notifierLock));\n    yield* mmuIntervalSetSeq(current, notifier, curSeq);\n",
    },
    {
      file: "src/driver/argued/two_pass.ts",
      find: "  yield* mutexUnlock(current, embedded(vm, SvmVm.notifierLock));\n  if (finish !== NULL) {",
      replace: "  yield* mutexUnlock(current, embedded(vm, SvmVm.notifierLock));\n  yield* mmuIntervalSetSeq(current, notifier, curSeq);\n  if (finish !== NULL) {",
    },
  ],
  breaks: ["I16", "I17", "data-race", ...STALE_PAGE],
  driver: "two-pass",
  scenario: null,
  play: "fault",
};
