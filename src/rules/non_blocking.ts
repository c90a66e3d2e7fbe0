import type { Section } from "./rule.ts";
import { MN, UP4 } from "./sources.ts";

export const NON_BLOCKING = {
  title: "Ranges that must not block",
  text: "The OOM reaper takes a dying process's memory and cannot wait for anybody: a notifier that would have to block refuses.",
  rules: [
    {
      id: "RULES 27",
      title: "The first refusal ends the walk of a non-blocking range",
      text: `A non-blocking start clears the flag BLOCKABLE of the range. Its only caller is the OOM reaper (__oom_reap_task_mm;
        since 2026 in zap_vma_for_reaping; its event: RULES 83). The first notifier that returns false makes the result -EAGAIN,
        and no further one is called.`,
      source: MN,
      mark: "S",
    },
    {
      id: "RULES 28",
      title: "A refused range ends itself; the caller must not",
      text: `Notifiers that were already started still get their finish, then the core ends the range, then it returns the
        error. The caller must not call range_end.

        A finish left out leaks the in-use flag. An end left out leaks the count, and the number is never even again.`,
      source: MN,
      mark: "S",
    },
    {
      id: "RULES 29",
      title: "True in a non-blocking range promises a finish in kind",
      text: `A notifier that returns true where it must not block has promised that its finish will not block either. Nothing
        enforces that: non_block_start wraps the callbacks of classic notifiers only. xe returns false at once, and so never
        comes to the finish.`,
      source: `${MN}; ${UP4}`,
      mark: "S for the wrapping; A for the hole",
    },
    {
      id: "RULES 30",
      title: "False where blocking is allowed: a warning, no retry",
      text: `The core warns and goes on to the next notifier; it does not ask again. The device whose notifier refused keeps its
        stale entries.`,
      source: MN,
      mark: "S",
    },
    {
      id: "RULES 31",
      title: "A classic refusal leaves the interval tree started",
      text: `Of the classic notifiers all are called even if one fails. One that fails must have no range_end, else the kernel
        warns. Then every one that has a range_end gets it, and the error is returned. What the interval tree did is not undone
        on this path.`,
      source: MN,
      mark: "S",
    },
  ],
} as const satisfies Section;
