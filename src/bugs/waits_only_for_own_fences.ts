import type { Bug } from "./bug.ts";
import { STALE_PAGE } from "./consequences.ts";

export const waitsOnlyForOwnFences: Bug = {
  name: "waits-only-for-own-fences",
  summary: "the notifier waits for bind jobs, not for the contexts that run",
  origin: "BUGS 7: 58bafc666c48",
  edits: [
    {
      file: "src/driver/model/xe/preempt_fence.ts",
      find: "export function* waitForFences(task: Task, xe: Xe, vm: Ptr<\"xe_vm\">): Run<void> {\n  for (let index = 0; index < RESV_LINES; index++) {",
      replace: "export function* waitForFences(task: Task, xe: Xe, vm: Ptr<\"xe_vm\">): Run<void> {\n  for (let index = 0; index < FIRST_PREEMPT_LINE; index++) {",
    },
  ],
  breaks: ["I18", ...STALE_PAGE],
  driver: "xe-userptr-preempt",
  scenario: null,
  play: "rebind",
};
