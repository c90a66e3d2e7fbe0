/** A median and what it may be. Null: so many never came to an end that it is unknown. */
export interface Median {
  readonly median: number | null;
  /** Ends of its interval of at least 95 % confidence; of all values if there are too few of them for one. */
  readonly low: number | null;
  readonly high: number | null;
}

/** Values from which on there is such an interval: the chance that all of fewer lie on one side of the median is above 5 %. */
export const ENOUGH_FOR_AN_INTERVAL = 6;

/** Of so many values, of which null stands for one that is larger than all others. Distribution free: by order statistics. */
export function medianOf(values: readonly (number | null)[]): Median {
  const sorted = values.toSorted((a, b) => (a ?? Infinity) - (b ?? Infinity));
  const cut = valuesToCut(sorted.length);
  return { median: sorted[Math.floor((sorted.length - 1) / 2)], low: sorted[cut], high: sorted[sorted.length - 1 - cut] };
}

/** How many values can be cut off at each end with the median still inside with 95 %: binomial with p = 1/2. */
function valuesToCut(count: number): number {
  let probability = 0.5 ** count;
  let below = probability;
  let rank = 0;
  while (below <= 0.025) {
    rank++;
    probability *= (count - rank + 1) / rank;
    below += probability;
  }
  return Math.max(0, rank - 1);
}
