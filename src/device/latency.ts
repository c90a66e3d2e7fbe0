import { chance } from "../machine/futex.ts";
import type { Run } from "../machine/step.ts";
import type { Task } from "../machine/task.ts";

/** How long hardware takes for something, in microseconds: a number is the same each time, all else is drawn anew. */
export type LatencyUs =
  | number
  | { readonly kind: "uniform"; readonly lowUs: number; readonly highUs: number }
  /** Most are near the median, few take much longer: one in a hundred takes `p99Us` or more. */
  | { readonly kind: "log-normal"; readonly medianUs: number; readonly p99Us: number }
  /** As measured: of so many answers, `counts[i]` took from `fromUs[i]` to `fromUs[i + 1]`, which has one number more. */
  | { readonly kind: "measured"; readonly fromUs: readonly number[]; readonly counts: readonly number[] };

/** Bits of a number drawn by tossing a coin: executors know chance by its percentage alone. */
const TOSSES = 16;
/** How many standard deviations above its mean a normal distribution has its 99th percentile. */
const P99_SIGMAS = 2.3263;

/** The latency in the middle: half are shorter. In microseconds. */
export function typicalUs(latency: LatencyUs): number {
  return typeof latency === "number" ? latency : quantileUs(latency, 0.5, 0.25);
}

/** Draw one. In microseconds. */
export function* drawLatencyUs(task: Task, latency: LatencyUs): Run<number> {
  if (typeof latency === "number") return latency;
  const first = yield* drawFraction(task);
  return quantileUs(latency, first, latency.kind === "log-normal" ? yield* drawFraction(task) : 0);
}

/** Between 0 and 1, neither included. */
function* drawFraction(task: Task): Run<number> {
  let bits = 0;
  for (let i = 0; i < TOSSES; i++) bits = bits * 2 + ((yield* chance(task, 50, "a longer latency")) ? 1 : 0);
  return (bits + 0.5) / 2 ** TOSSES;
}

/** `second` is for distributions that take two draws. */
function quantileUs(latency: Exclude<LatencyUs, number>, first: number, second: number): number {
  switch (latency.kind) {
    case "uniform":
      return latency.lowUs + first * (latency.highUs - latency.lowUs);
    case "log-normal": {
      const normal = Math.sqrt(-2 * Math.log(first)) * Math.cos(2 * Math.PI * second); // Box and Muller 1958
      return latency.medianUs * (latency.p99Us / latency.medianUs) ** (normal / P99_SIGMAS);
    }
    case "measured":
      return measuredUs(latency.fromUs, latency.counts, first);
  }
}

function measuredUs(fromUs: readonly number[], counts: readonly number[], fraction: number): number {
  let left = fraction * counts.reduce((sum, count) => sum + count, 0);
  for (let i = 0; i < counts.length; i++) {
    if (left <= counts[i]) return fromUs[i] + (left / counts[i]) * (fromUs[i + 1] - fromUs[i]);
    left -= counts[i];
  }
  return fromUs[counts.length];
}
