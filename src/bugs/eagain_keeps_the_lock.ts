import type { Bug } from "./bug.ts";

export const eagainKeepsTheLock: Bug = {
  name: "eagain-keeps-the-lock",
  summary: "a notifier that refuses a range that must not block keeps its lock",
  origin: "BUGS 13: 7608bf40cf24",
  edits: [
    {
      file: "src/driver/argued/svm/non_blocking.ts",
      find: "  yield* mutexUnlock(current, lock);\n  return isIdle;",
      replace: "  if (isIdle) yield* mutexUnlock(current, lock);\n  return isIdle;",
    },
  ],
  breaks: ["RULES 28", "deadlock", "partial-deadlock"],
  driver: "two-pass",
  scenario: null,
  play: "oom",
};
