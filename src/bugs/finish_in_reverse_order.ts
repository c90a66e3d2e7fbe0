import type { Bug } from "./bug.ts";

export const finishInReverseOrder: Bug = {
  name: "finish-in-reverse-order",
  summary: "finishes run last in, first out",
  origin: "own, RULES 17",
  edits: [
    {
      file: "src/kernel/mmu_notifier/two_pass.ts",
      find: "  let finish = yield* reverse(current, pending.first);",
      replace: "  let finish = pending.first;",
    },
  ],
  breaks: ["I10"],
  driver: "two-pass",
  scenario: null,
  play: "unmap",
};
