/** A median and what it may be: an interval of at least 95 % confidence. Null: so many never came to an end that it is unknown. */
export interface Median {
  readonly median: number | null;
  readonly low: number | null;
  readonly high: number | null;
}

/** Of so many values, of which null stands for one that is larger than all others. Distribution free: by order statistics. */
export function medianOf(values: readonly (number | null)[]): Median {
  const sorted = values.toSorted((a, b) => (a ?? Infinity) - (b ?? Infinity));
  const at = (index: number) => sorted[Math.max(0, Math.min(sorted.length - 1, index))];
  const cut = tailRank(sorted.length);
  return { median: at(Math.floor((sorted.length - 1) / 2)), low: at(cut), high: at(sorted.length - 1 - cut) };
}

/** How many values can be cut off at each end with the median still inside with 95 %: binomial with p = 1/2. */
function tailRank(count: number): number {
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
