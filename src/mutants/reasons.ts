import type { Mutant } from "./mutant.ts";

/** Why no test notices a mutant. */
export interface Reason extends Pick<Mutant, "file" | "original" | "replacement"> {
  /** It changes nothing that anybody could notice, and does not count. */
  readonly isEquivalent: boolean;
  /** One sentence. */
  readonly why: string;
}

export const REASONS: readonly Reason[] = [];

export function reasonOf({ file, original, replacement }: Mutant): Reason | undefined {
  return REASONS.find((reason) => reason.file === file && reason.original === original && reason.replacement === replacement);
}
