import type { Bug } from "./bug.ts";

export const retryWithStaleSeq: Bug = {
  name: "retry-with-stale-seq",
  summary: "a fault that has to start over asks with the number of its first look",
  origin: "BUGS 3: follow-up of c08972f55594",
  edits: [
    {
      file: "src/driver/argued/svm/fault.ts",
      find: "  while (current.nowUs() <= timeoutUs) {\n    const seq = yield* mmuIntervalReadBegin(current, notifier);\n",
      replace: "  const seq = yield* mmuIntervalReadBegin(current, notifier);\n  while (current.nowUs() <= timeoutUs) {\n",
    },
  ],
  breaks: ["livelock"],
  driver: "two-pass",
  scenario: null,
  play: "refault",
};
