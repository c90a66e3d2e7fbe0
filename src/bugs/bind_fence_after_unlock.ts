import type { Bug } from "./bug.ts";
import { STALE_PAGE } from "./consequences.ts";

export const bindFenceAfterUnlock: Bug = {
  name: "bind-fence-after-unlock",
  summary: "the fence of a bind job is made known only after the notifier lock was dropped",
  origin: "own, RULES 65",
  edits: [
    {
      file: "src/driver/model/xe/bind.ts",
      find: "  const fence = yield* emitFence(current, line);\n",
      replace: "",
    },
    {
      file: "src/driver/model/xe/bind.ts",
      find: "  yield* upRead(current, embedded(vm, XeVm.notifierLock));\n  // Behind",
      replace: "  yield* upRead(current, embedded(vm, XeVm.notifierLock));\n  const fence = yield* emitFence(current, line);\n  // Behind",
    },
  ],
  breaks: ["I16", "I18", "I19", ...STALE_PAGE], // a race on a frame, too: of what the job writes into the page table with the next zap
  driver: "xe-userptr-joined",
  scenario: null,
  play: "rebind",
};
