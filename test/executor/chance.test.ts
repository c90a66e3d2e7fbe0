import fc from "fast-check";
import { expect, test } from "vitest";
import { chanceOf, taskSeed } from "../../src/executor/chance.ts";

const draws = (seed: number, task: number, count: number, percent = 50) => {
  const chance = chanceOf(seed, task);
  return Array.from({ length: count }, () => chance(percent));
};

test("a task draws the same in every run with the same seed", () => {
  fc.assert(
    fc.property(fc.integer(), fc.nat(1000), (seed, task) => {
      expect(draws(seed, task, 50)).toEqual(draws(seed, task, 50));
    }),
  );
});

test("tasks of one run, and neighbouring seeds, draw differently", () => {
  const seeds = new Set<number>();
  for (let seed = 0; seed < 50; seed++) {
    for (let task = 1; task <= 50; task++) seeds.add(taskSeed(seed, task));
  }
  expect(seeds.size).toBe(2500);
  expect(draws(1, 1, 64)).not.toEqual(draws(1, 2, 64));
  expect(draws(1, 1, 64)).not.toEqual(draws(2, 1, 64));
});

test("yes comes as often as asked for", () => {
  for (const percent of [1, 10, 50, 99]) {
    const yes = draws(7, 3, 20_000, percent).filter(Boolean).length / 200;
    expect(Math.abs(yes - percent)).toBeLessThan(1.5);
  }
});
