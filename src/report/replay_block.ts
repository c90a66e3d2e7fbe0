import { plain, type Paint } from "./paint.ts";
import type { FailureReport } from "./story.ts";
import { renderFailure } from "./story_block.ts";
import { wrap } from "./text.ts";

/** What came of a replay. */
export interface ReplayResult {
  /** The failure; null if there was none. */
  readonly report: FailureReport | null;
  /** The first decision that could not be taken again; null if all could. */
  readonly divergence: ReplayDivergence | null;
}

export interface ReplayDivergence {
  /** Number of the step, from 1. */
  readonly step: number;
  readonly expected: string;
  readonly found: string;
  /** Who could run, and what each was about to do. */
  readonly enabled: readonly string[];
}

/** The failure's own report if it is still there; else what happened instead. */
export function renderReplay({ report, divergence }: ReplayResult, paint: Paint = plain): string {
  if (report !== null) return renderFailure(report, paint);
  if (divergence === null) return `${paint("good", "PASS  it does not fail any more")}\n`;
  const { step, expected, found, enabled } = divergence;
  return `${[
    paint("bad", `DIVERGED  at step ${step}`),
    ...wrap(expected, "  expected  ", "            "),
    ...wrap(found, "  found     ", "            "),
    ...(enabled.length === 0 ? [] : ["  could run:"]),
    ...enabled.flatMap((task) => wrap(task, "    ", "        ")),
  ].join("\n")}\n`;
}
