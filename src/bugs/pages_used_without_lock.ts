import type { Bug } from "./bug.ts";
import { STALE_PAGE } from "./consequences.ts";

export const pagesUsedWithoutLock: Bug = {
  name: "pages-used-without-lock",
  summary: "a userptr's pages are mapped without the notifier lock, and nobody asks whether they are stale",
  origin: "BUGS 5: 0a98219bcc96",
  edits: [
    {
      file: "src/driver/model/xe/pages.ts",
      find: "  yield* downRead(current, embedded(vm, XeVm.notifierLock));\n  const isStale = yield* mmuIntervalReadRetry(current, range.notifier, range.notifierSeq);",
      replace: "  const isStale = false as boolean;",
    },
    {
      file: "src/driver/model/xe/pages.ts",
      find: "  yield* upRead(current, embedded(vm, XeVm.notifierLock));\n  return !isStale;",
      replace: "  return !isStale;",
    },
  ],
  breaks: ["I17", "I18", "data-race", ...STALE_PAGE],
  driver: "xe-userptr-joined",
  scenario: null,
  play: "rebind",
};
