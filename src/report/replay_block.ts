import type { Replayed } from "../hunt/explain/replay_token.ts";
import { plain, type Paint } from "./paint.ts";
import { renderFinding } from "./story_block.ts";
import { wrap } from "./text.ts";

/** The failure's own report if it is still there; else what happened instead. */
export function renderReplay({ finding, divergence }: Pick<Replayed, "finding" | "divergence">, paint: Paint = plain): string {
  if (finding !== null) return renderFinding(finding, paint);
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
