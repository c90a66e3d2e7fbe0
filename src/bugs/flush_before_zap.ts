import type { Bug } from "./bug.ts";
import { STALE_PAGE } from "./consequences.ts";

export const flushBeforeZap: Bug = {
  name: "flush-before-zap",
  summary: "the TLB is flushed before the page-table entries are cleared",
  origin: "own, RULES g",
  edits: [
    {
      file: "src/driver/argued/single_pass.ts",
      find: "  if (yield* gpuPtZap(current, svm.gpuOf(current, vm), hwOf(vm), clip.start, clip.end)) {\n    yield* flush(current, svm, vm, clip);\n  }",
      replace: "  yield* flush(current, svm, vm, clip);\n  yield* gpuPtZap(current, svm.gpuOf(current, vm), hwOf(vm), clip.start, clip.end);",
    },
  ],
  breaks: ["I16", ...STALE_PAGE],
  driver: "single-pass",
  scenario: null,
  play: "unmap",
};
