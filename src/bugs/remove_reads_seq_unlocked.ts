import type { Bug } from "./bug.ts";

export const removeReadsSeqUnlocked: Bug = {
  name: "remove-reads-seq-unlocked",
  summary: "the wait condition of remove reads the sequence number without the lock",
  origin: "BUGS 1: 319561669a59",
  edits: [
    {
      file: "src/kernel/mmu_notifier/interval.ts",
      find: "  yield* spinLock(current, lockOf(subscriptions));\n  const now = yield* read(current, subscriptions, MmuNotifierSubscriptions.invalidateSeq);\n  yield* spinUnlock(current, lockOf(subscriptions));\n  return now !== seq;",
      replace: "  const now = yield* readOnce(current, subscriptions, MmuNotifierSubscriptions.invalidateSeq);\n  return now !== seq;",
    },
  ],
  breaks: ["use-after-free", "I7", "RULES 36", "data-race"],
  driver: "two-pass",
  scenario: null,
  play: "remove",
};
