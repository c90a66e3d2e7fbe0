import type { Bug } from "./bug.ts";
import { STALE_PAGE } from "./consequences.ts";

export const rebindForgotten: Bug = {
  name: "rebind-forgotten",
  summary: "the notifier does not put the userptr on the list of those to be bound again",
  origin: "BUGS 8: 1c824497d8ac",
  edits: [
    {
      file: "src/driver/model/xe/userptr_notifier.ts",
      find: "  if (xe.mode === \"preempt-fence\" && !isDestroyed) yield* markInvalidated(current, vm, vma);\n",
      replace: "  if (xe.mode === \"fault\" && !isDestroyed) yield* markInvalidated(current, vm, vma);\n",
    },
  ],
  breaks: ["I16", "I17", "I18", "deadlock", ...STALE_PAGE],
  driver: "xe-userptr-preempt",
  scenario: null,
  play: "rebind",
};
