import { unsafeUniformIntDistribution } from "pure-rand/distribution/UnsafeUniformIntDistribution";
import { xoroshiro128plus } from "pure-rand/generator/XoroShiro";

/** A processor's own source of chance, the same for the same seed and processor. */
export interface Dice {
  /** A whole number from 0 to `bound` - 1. */
  below(bound: number): number;
  /** True in `percent` of 100 cases. */
  percent(percent: number): boolean;
}

export function dice(seed: number, processor: number): Dice {
  const generator = xoroshiro128plus(Math.imul(seed, 0x9e3779b1) ^ Math.imul(processor + 1, 0x85ebca6b));
  const below = (bound: number): number => unsafeUniformIntDistribution(0, bound - 1, generator);
  return { below, percent: (percent) => below(10_000) < percent * 100 };
}
