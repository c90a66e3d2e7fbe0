import type { Bug } from "./bug.ts";
import { STALE_PAGE } from "./consequences.ts";

export const zapOutsideUserLock: Bug = {
  name: "zap-outside-user-lock",
  summary: "the notifier zaps and flushes after it has dropped its lock",
  origin: "BUGS 11: 84211b1c0db6",
  edits: [
    {
      file: "src/driver/model/xe/userptr_notifier.ts",
      find: "  slot.finish = yield* startPass(current, xe, vm, vma);\n  yield* upWrite(current, embedded(vm, XeVm.notifierLock));",
      replace: "  yield* upWrite(current, embedded(vm, XeVm.notifierLock));\n  slot.finish = yield* startPass(current, xe, vm, vma);",
    },
  ],
  breaks: ["I11", "I16", "I18", "data-race", "exception", ...STALE_PAGE],
  driver: "xe-userptr-joined",
  scenario: null,
  play: "overlap",
};
