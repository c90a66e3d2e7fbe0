import type { Bug } from "./bug.ts";
import { STALE_PAGE } from "./consequences.ts";

export const rangeEndsBeforeTheZap: Bug = {
  name: "range-ends-before-the-zap",
  summary: "madvise ends the range before it clears the page tables",
  origin: "own",
  edits: [
    {
      file: "src/kernel/mm/madvise.ts",
      find: "  yield* mmuNotifierInvalidateRangeStart(current, range);\n  const gather = gatherMmu(mm, start, end);\n  yield* zapRange(current, gather, start, end);\n  yield* finishMmu(current, gather);\n  yield* mmuNotifierInvalidateRangeEnd(current, range);",
      replace: "  yield* mmuNotifierInvalidateRangeStart(current, range);\n  yield* mmuNotifierInvalidateRangeEnd(current, range);\n  const gather = gatherMmu(mm, start, end);\n  yield* zapRange(current, gather, start, end);\n  yield* finishMmu(current, gather);",
    },
  ],
  breaks: [...STALE_PAGE],
  driver: "two-pass",
  scenario: null,
  play: "fault",
};
