import type { Bug } from "./bug.ts";
import { STALE_PAGE } from "./consequences.ts";

export const finishInUseIgnored: Bug = {
  name: "finish-in-use-ignored",
  summary: "a second invocation takes the finish object that the first one still has",
  origin: "own, RULES 20",
  edits: [
    {
      file: "src/driver/model/xe/userptr_notifier.ts",
      find: "  const isFinishFree = (yield* read(current, vma, XeUserptrVma.finishInuse)) === 0;",
      replace: "  const isFinishFree = (yield* read(current, vma, XeUserptrVma.finishInuse)) >= 0;",
    },
  ],
  breaks: ["I10", "I11", "I18", "data-race", "exception", "deadlock", "livelock", ...STALE_PAGE],
  driver: "xe-userptr-joined",
  scenario: null,
  play: "overlap",
};
