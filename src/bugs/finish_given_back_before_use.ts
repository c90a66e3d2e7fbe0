import type { Bug } from "./bug.ts";
import { STALE_PAGE } from "./consequences.ts";

export const finishGivenBackBeforeUse: Bug = {
  name: "finish-given-back-before-use",
  summary: "finish gives its object back before it has waited with it",
  origin: "own, RULES 18",
  edits: [
    {
      file: "src/driver/argued/two_pass.ts",
      find: "  const chunk = chunkOf(notifier);\n  yield* waitForFlush(current, svm, chunk, embedded(finish, SvmFinish.flush));\n  const vm: Ptr<\"svm_vm\"> = yield* readPtr(current, chunk, SvmChunk.vm);\n  yield* finishes.put(current, svm.gpuOf(current, vm).index, finish);",
      replace: "  const chunk = chunkOf(notifier);\n  const vm: Ptr<\"svm_vm\"> = yield* readPtr(current, chunk, SvmChunk.vm);\n  yield* finishes.put(current, svm.gpuOf(current, vm).index, finish);\n  yield* waitForFlush(current, svm, chunk, embedded(finish, SvmFinish.flush));",
    },
  ],
  breaks: ["I11", "use-after-free", "data-race", "exception", "deadlock", ...STALE_PAGE],
  driver: "two-pass",
  scenario: null,
  play: "unmap",
};
