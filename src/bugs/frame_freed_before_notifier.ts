import type { Bug } from "./bug.ts";
import { STALE_PAGE } from "./consequences.ts";

export const frameFreedBeforeNotifier: Bug = {
  name: "frame-freed-before-notifier",
  summary: "munmap clears page tables and frees pages before it tells the notifiers",
  origin: "own, RULES g",
  edits: [
    {
      file: "src/kernel/mm/unmap.ts",
      find: "  yield* mmuNotifierInvalidateRangeStart(current, range);\n  const gather = gatherMmu(mm, start, end);\n  for (const vma of vmas) yield* zapRange(current, gather, vma.start, vma.end);\n  yield* finishMmu(current, gather);",
      replace: "  const gather = gatherMmu(mm, start, end);\n  for (const vma of vmas) yield* zapRange(current, gather, vma.start, vma.end);\n  yield* finishMmu(current, gather);\n  yield* mmuNotifierInvalidateRangeStart(current, range);",
    },
  ],
  breaks: [...STALE_PAGE],
  driver: "two-pass",
  scenario: "munmap-storm",
  play: "unmap",
};
