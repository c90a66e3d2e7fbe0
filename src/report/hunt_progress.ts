import { secondsLeft, shortCount } from "./numbers.ts";
import type { Moment } from "./progress.ts";
import { shorten } from "./text.ts";

/** How far a hunt is. */
export interface HuntMoment extends Moment {
  /** What it is at: driver and scenario. */
  readonly place: string;
  readonly schedules: number;
  readonly steps: number;
  readonly failures: number;
  /** Estimate of what an exhaustive exploration has to run in all; null if it cannot be told. */
  readonly size: { readonly schedules: number; readonly secondsToGo: number | null } | null;
}

/** What a hunt has done so far; at most 66 columns. */
export function huntFigures({ place, schedules, steps, failures, size }: HuntMoment): string {
  const found = `found ${shortCount(failures)}`;
  if (size === null) return `schedules ${shortCount(schedules)}  steps ${shortCount(steps)}  ${found}  ${shorten(place, 26)}`;
  const toGo = size.secondsToGo === null ? "" : `  ${secondsLeft(size.secondsToGo)} to go`;
  return (
    `schedules ${shortCount(schedules)} of ~${shortCount(Math.round(size.schedules))}${toGo}  ${found}  ` +
    `${shorten(place, 15)}`
  );
}
