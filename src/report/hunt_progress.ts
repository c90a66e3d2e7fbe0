import { shortCount } from "./numbers.ts";
import type { Moment } from "./progress.ts";
import { shorten } from "./text.ts";

/** How far a hunt is. */
export interface HuntMoment extends Moment {
  /** What it is at: driver and scenario. */
  readonly place: string;
  readonly schedules: number;
  readonly steps: number;
  readonly failures: number;
}

/** What a hunt has done so far; at most 66 columns. */
export function huntFigures({ place, schedules, steps, failures }: HuntMoment): string {
  return `schedules ${shortCount(schedules)}  steps ${shortCount(steps)}  found ${shortCount(failures)}  ${shorten(place, 26)}`;
}
