import { addrOf, CHOICE, kindOf, RELAX, SLEEP } from "../../../machine/step.ts";
import type { RecordedStep } from "./recording.ts";

/**
 * Which steps do not commute. Decided from what steps did, not from what they might have done: a compare-and-swap that failed, a
 * wake-up of nobody, are only looks at the word. (What a step releases comes after it in any case: see Recording.releases.)
 */
export function areDependent(a: RecordedStep, b: RecordedStep): boolean {
  if (a.thread === b.thread) return true;
  return (a.wrote || b.wrote) && addrOf(a.step) === addrOf(b.step) && hasAddress(a.step) && hasAddress(b.step);
}

/** Is the step about a word at all? */
export function hasAddress(step: number): boolean {
  const kind = kindOf(step);
  return kind !== SLEEP && kind !== CHOICE && kind !== RELAX;
}
