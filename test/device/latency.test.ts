import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { drawLatencyUs, typicalUs, type LatencyUs } from "../../src/device/latency.ts";
import { randomWalk } from "../../src/executor/explorer/engine/random_walk.ts";
import { testTask } from "../task.ts";

const DRAWS = 2000;

/** So many draws, in ascending order. */
function draws(latency: LatencyUs, seed: number): number[] {
  const drawn: number[] = [];
  randomWalk({
    words: new Int32Array(16),
    seed,
    spawn: (engine) => {
      const task = testTask(engine, 1);
      engine.spawn(
        task,
        (function* () {
          for (let i = 0; i < DRAWS; i++) drawn.push(yield* drawLatencyUs(task, latency));
        })(),
      );
    },
  });
  return drawn.toSorted((a, b) => a - b);
}

function quantile(sorted: readonly number[], fraction: number): number {
  return sorted[Math.floor(sorted.length * fraction)];
}

describe("latencies of hardware", () => {
  it("a number is what it is", () => {
    expect(new Set(draws(40, 1))).toEqual(new Set([40]));
    expect(typicalUs(40)).toBe(40);
  });

  it("uniform: all within its bounds, half below the middle", () => {
    fc.assert(
      fc.property(fc.nat(100), fc.integer({ min: 1, max: 1000 }), fc.nat(1000), (lowUs, width, seed) => {
        const drawn = draws({ kind: "uniform", lowUs, highUs: lowUs + width }, seed);
        expect(drawn[0]).toBeGreaterThanOrEqual(lowUs);
        expect(drawn.at(-1)).toBeLessThanOrEqual(lowUs + width);
        expect(Math.abs(quantile(drawn, 0.5) - (lowUs + width / 2))).toBeLessThan(width * 0.06);
      }),
      { numRuns: 20 },
    );
  });

  it("log-normal: median and 99th percentile as asked", () => {
    const latency: LatencyUs = { kind: "log-normal", medianUs: 40, p99Us: 100 };
    const drawn = draws(latency, 3);
    expect(typicalUs(latency)).toBeCloseTo(40, 9);
    expect(quantile(drawn, 0.5)).toBeGreaterThan(38);
    expect(quantile(drawn, 0.5)).toBeLessThan(42);
    expect(quantile(drawn, 0.99)).toBeGreaterThan(85);
    expect(quantile(drawn, 0.99)).toBeLessThan(120);
  });

  it("measured: each bucket as often as it was seen", () => {
    const latency: LatencyUs = { kind: "measured", fromUs: [10, 20, 30, 1000], counts: [60, 0, 40] };
    const drawn = draws(latency, 5);
    expect(drawn.some((us) => us > 20 && us < 30)).toBe(false);
    expect(drawn.filter((us) => us <= 20).length / DRAWS).toBeCloseTo(0.6, 1);
    expect(typicalUs(latency)).toBeCloseTo(10 + (50 / 60) * 10, 6);
  });
});
