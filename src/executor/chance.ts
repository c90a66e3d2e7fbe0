import { unsafeUniformIntDistribution } from "pure-rand/distribution/UnsafeUniformIntDistribution";
import { xoroshiro128plus } from "pure-rand/generator/XoroShiro";

/** Answers CHOICE. */
export type Chance = (percent: number) => boolean;

/** The source of chance of one task: its draws depend on the seed and the task alone, not on who else draws. */
export function chanceOf(seed: number, taskId: number): Chance {
  const rng = xoroshiro128plus(taskSeed(seed, taskId));
  return (percent) => unsafeUniformIntDistribution(0, 9_999, rng) < percent * 100;
}

/** Seed of task `taskId` in a run with `seed`: neighbours differ in about half of their bits. */
export function taskSeed(seed: number, taskId: number): number {
  let mixed = (seed + Math.imul(taskId, 0x9e3779b9)) | 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}
