import type { Moment } from "./progress.ts";
import { shorten } from "./text.ts";

/** How far a comparison is. */
export interface CompareMoment extends Moment {
  readonly trials: number;
  readonly done: number;
  /** The trial that was begun last. */
  readonly place: string;
}

/** What was measured so far. */
export function compareFigures({ trials, done, place }: CompareMoment): string[] {
  return [`trials ${done} of ${trials}`, shorten(place, 40)];
}
