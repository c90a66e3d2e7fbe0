import { unsafeUniformIntDistribution } from "pure-rand/distribution/UnsafeUniformIntDistribution";
import { xoroshiro128plus } from "pure-rand/generator/XoroShiro";
import type { RandomGenerator } from "pure-rand/types/RandomGenerator";

/** Seeded chance: the same (seed, stream) gives the same numbers everywhere. */
export class Rng {
  readonly #generator: RandomGenerator;

  /**
   * @param seed whole number below 2^32, the user's
   * @param stream which of the independent sequences of that seed, a whole number below 2^32: the number of an execution, for one
   */
  constructor(seed: number, stream = 0) {
    this.#generator = xoroshiro128plus(mix(seed ^ mix(stream)));
  }

  /** A whole number from 0 to `bound` - 1. */
  below(bound: number): number {
    return bound <= 1 ? 0 : unsafeUniformIntDistribution(0, bound - 1, this.#generator);
  }

  /** A number from 0 (inclusive) to 1 (exclusive), with 32 random bits. */
  unit(): number {
    return (this.#generator.unsafeNext() >>> 0) / 0x1_0000_0000;
  }

  /** True with this probability, 0 to 100. */
  percent(percent: number): boolean {
    return this.unit() * 100 < percent;
  }

  /** One of them. */
  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)];
  }
}

/** Spread a number over all 32 bits, so that neighbouring seeds have nothing in common. */
export function mix(value: number): number {
  let hash = (value + 0x9e37_79b9) | 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85eb_ca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2_ae35);
  return (hash ^ (hash >>> 16)) | 0;
}
