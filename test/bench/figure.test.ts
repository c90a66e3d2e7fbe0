import { describe, expect, test } from "vitest";
import { bootFigures } from "../../src/bench/boot.ts";
import { emptyFigures } from "../../src/bench/empty_invalidation.ts";
import { agreementFigures } from "../../src/bench/executors_agree.ts";
import { atLeast, atMost, isMet, ratioOf, within, type Figure } from "../../src/bench/figure.ts";
import { growthFigure, memoryFigure, timeFigures } from "../../src/bench/interval_tree.ts";
import { median } from "../../src/bench/median.ts";
import { byMinute, growthFigures } from "../../src/bench/memory_growth.ts";
import { speedFigures } from "../../src/bench/simulator_speed.ts";
import { scalingFigures } from "../../src/bench/two_pass_scaling.ts";

function figure(value: number, bar: Figure["bar"], reference: number | null = 100): Figure {
  return { name: "f", unit: "us", value, against: reference === null ? null : { name: "r", value: reference }, bar };
}

describe("a figure and its bar", () => {
  test.each([
    [135, atMost(1.35), true],
    [136, atMost(1.35), false],
    [1200, atLeast(12), true],
    [1199, atLeast(12), false],
    [1e9, null, true],
    [Number.NaN, atMost(1.35), false],
    [Number.NaN, atLeast(12), false],
    [75, within(0.25), true],
    [125, within(0.25), true],
    [74, within(0.25), false],
    [126, within(0.25), false],
    [Number.NaN, within(0.25), false],
  ] as const)("%d over 100, %o: %s", (value, bar, expected) => {
    expect(isMet(figure(value, bar))).toBe(expected);
  });

  test("what is compared with nothing has no ratio, and cannot meet a bar", () => {
    expect(ratioOf(figure(5, null, null))).toBeNull();
    expect(isMet(figure(5, atMost(1), null))).toBe(false);
  });
});

test("medians", () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1, 3, 2])).toBe(2.5);
  expect(median([])).toBeNaN();
});

describe("which figure is held against what", () => {
  test("threads against the simulator, in latency and in overlap", () => {
    const machine = { driver: "two-pass", gpus: 4, tlbLatencyUs: 1000, rounds: 1 };
    expect(agreementFigures(machine, { medianUs: 1200, overlap: 3 }, { medianUs: 1000, overlap: 4 })).toStrictEqual([
      { name: "4 GPUs, 1 ms, two-pass", unit: "us", value: 1200, against: { name: "simulator", value: 1000 }, bar: within(0.25) },
      {
        name: "4 GPUs, 1 ms, two-pass, overlap",
        unit: "times",
        value: 3,
        against: { name: "simulator", value: 4 },
        bar: within(0.25),
      },
    ]);
  });

  test(
    "a simulated step against half a million a second and the logarithm, large machines against a minute and four small " +
      "ones",
    () => {
      expect(speedFigures(400, 500, 600, 30_000, 10, 39).map(ratioOf)).toStrictEqual([0.25, 500 / 800, 0.5, 0.5, 39 / 40]);
    },
  );

  test("two passes against the latency, one pass against two; bars at 16 and 32 GPUs", () => {
    const bars = [1, 8, 16, 32]
      .flatMap((gpus) => scalingFigures(gpus, 1300, 26_000))
      .map(({ name, bar }) => [name, bar?.kind, bar?.ratio]);
    expect(bars.filter(([, kind]) => kind !== undefined)).toStrictEqual([
      ["16 GPUs, two passes", "at most", 1.35],
      ["16 GPUs, one pass", "at least", 12],
      ["32 GPUs, two passes", "at most", 1.9],
      ["32 GPUs, one pass", "at least", 17],
    ]);
    const [twoPasses, onePass] = scalingFigures(16, 1300, 26_000);
    expect(ratioOf(twoPasses)).toBe(1.3);
    expect(ratioOf(onePass)).toBe(20);
  });

  test("an empty invalidation against C, if there is a C compiler", () => {
    const [onePass, twoPasses, spinning] = emptyFigures(12_000, 19_000, { sleepingNs: 6000, spinningNs: 500 });
    expect([onePass, twoPasses, spinning].map((f) => [ratioOf(f), isMet(f)])).toStrictEqual([
      [2, true],
      [19 / 6, false],
      [1 / 12, true],
    ]);
    const without = emptyFigures(12_000, 19_000, null);
    expect(without.map((f) => [ratioOf(f), isMet(f)])).toStrictEqual([
      [null, true],
      [null, true],
    ]);
  });

  test("the interval tree against whichever library is faster", () => {
    const [straight, stepped] = timeFigures("stab", 1000, { ours: 200, stepped: 900, a: 400, b: 300 });
    expect(straight.against).toStrictEqual({ name: "b", value: 300 });
    expect([isMet(straight), isMet(stepped)]).toStrictEqual([true, true]);
    expect(isMet(timeFigures("stab", 1000, { ours: 200, stepped: 901, a: 400, b: 300 })[1])).toBe(false);
    expect(memoryFigure({ a: 380, b: 420 }).against).toStrictEqual({ name: "a", value: 380 });
  });

  test("steps may grow as the logarithm does, not as the size", () => {
    const grown = (steps: number) => isMet(growthFigure("stab", { size: 100, steps: 10 }, { size: 100_000, steps }));
    expect([grown(25), grown(28)]).toStrictEqual([true, false]);
  });

  test("boot and memory against what is allowed", () => {
    expect(bootFigures(1500, 400, 600 * 2 ** 20).map((f) => isMet(f))).toStrictEqual([true, true, true]);
    expect(bootFigures(1501, 400, 601 * 2 ** 20).map((f) => isMet(f))).toStrictEqual([false, true, false]);
  });

  test("memory by minute, the last against the second", () => {
    expect(byMinute([1, 2, 3, 10, 20, 30], 2)).toStrictEqual([2, 20]);
    const verdicts = (last: number) =>
      growthFigures([50, 100, 200, last])
        .filter(({ bar }) => bar !== null)
        .map((f) => [f.name, isMet(f)]);
    expect(verdicts(105)).toStrictEqual([
      ["most in any minute", true],
      ["minute 4", true],
    ]);
    expect(verdicts(106)).toStrictEqual([
      ["most in any minute", true],
      ["minute 4", false],
    ]);
  });
});
