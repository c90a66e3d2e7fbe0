import { secondsLeft, shortCount } from "./numbers.ts";
import type { Moment } from "./progress.ts";
import { shorten } from "./text.ts";

/** Columns that the place may take. */
const PLACE_COLUMNS = 26;
const PLACE_BESIDE_SIZE_COLUMNS = 15;

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

/** What a hunt has done so far. */
export function huntFigures({ place, schedules, steps, failures, size }: HuntMoment): string[] {
  const found = `found ${shortCount(failures)}`;
  if (size === null)
    return [found, `schedules ${shortCount(schedules)}`, `steps ${shortCount(steps)}`, shorten(place, PLACE_COLUMNS)];
  const toGo = size.secondsToGo === null ? [] : [`${secondsLeft(size.secondsToGo)} to go`];
  const ofAll = `schedules ${shortCount(schedules)} of ~${shortCount(Math.round(size.schedules))}`;
  return [found, ofAll, ...toGo, shorten(place, PLACE_BESIDE_SIZE_COLUMNS)];
}
