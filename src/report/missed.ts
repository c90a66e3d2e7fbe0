import { count } from "./numbers.ts";
import type { StressResult } from "./result.ts";

/** What the oracles did not see, in words: `the oracles had no place for 12 interval notifiers`. */
export function missedText(missed: StressResult["missed"]): string {
  const what = Object.entries(missed).map(([name, times]) => `${name} (${count(times)} times)`);
  return `the oracles had no place for ${what.join(", ")}`;
}

/** What the run was for and did not come to: as in `no GPU touched memory`. */
export function unexercised({ counts }: Pick<StressResult, "counts">): string[] {
  return [
    ...(counts.starts + counts.finishes + counts.flushes === 0 ? ["no notifier had anything to do"] : []),
    ...(counts.accesses === 0 ? ["no GPU touched memory"] : []),
  ];
}
