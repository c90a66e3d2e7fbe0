import type { Mutant } from "./mutant.ts";

/** Why no test notices a mutant. */
export interface Reason extends Pick<Mutant, "file" | "original" | "replacement"> {
  /** It changes nothing that anybody could notice, and does not count. */
  readonly isEquivalent: boolean;
  /** One sentence. */
  readonly why: string;
}

/** The mutant's field is the first of its structure: to subtract its offset is to add it. */
const FIRST_WORD = { isEquivalent: true, why: "the field is the first word of its structure, so its offset is 0." };

export const REASONS: readonly Reason[] = [
  { file: "src/device/tlb.ts", original: "entry + TlbEntry.stamp", replacement: "entry - TlbEntry.stamp", ...FIRST_WORD },
  {
    file: "src/device/completion_ring.ts",
    original: "answer + GpuAnswer.op",
    replacement: "answer - GpuAnswer.op",
    ...FIRST_WORD,
  },
  {
    file: "src/device/preemption.ts",
    original: "command + GpuCommand.op",
    replacement: "command - GpuCommand.op",
    ...FIRST_WORD,
  },
  {
    file: "src/device/engine.ts",
    original: "isTlbInvalidation(op)",
    replacement: "true",
    isEquivalent: false,
    why: "nobody looks at the fate of another request; only chance is asked more often.",
  },
  {
    file: "src/device/command_ring.ts",
    original: "!isFull",
    replacement: "true",
    isEquivalent: false,
    why: "a sender that found no room wakes the engine, which looks once more and finds nothing new.",
  },
  {
    file: "src/check/oracle/locks/lock_order.ts",
    original: "path(this.#harmless, to, from) === null",
    replacement: "false",
    isEquivalent: true,
    why: "a cycle is then always looked for, which is slower and finds the same.",
  },
  {
    file: "src/check/books/active_ranges.ts",
    original: "found === former",
    replacement: "false",
    isEquivalent: true,
    why: "the loop goes round once more, and ends because the word has been raised.",
  },
];

export function reasonOf({ file, original, replacement }: Mutant): Reason | undefined {
  return REASONS.find((reason) => reason.file === file && reason.original === original && reason.replacement === replacement);
}
