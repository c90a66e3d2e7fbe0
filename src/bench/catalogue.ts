import { boot } from "./boot.ts";
import { compareDefault } from "./compare_default.ts";
import { emptyInvalidation } from "./empty_invalidation.ts";
import { executorsAgree } from "./executors_agree.ts";
import { explorer } from "./explorer.ts";
import { explorerJobs } from "./explorer_jobs.ts";
import { explorerMemory } from "./explorer_memory.ts";
import type { Benchmark } from "./figure.ts";
import { intervalTree } from "./interval_tree.ts";
import { memoryGrowth } from "./memory_growth.ts";
import { simulatorSpeed } from "./simulator_speed.ts";
import { twoPassScaling } from "./two_pass_scaling.ts";

/** All benchmarks, in the order in which they are run. */
export const BENCHMARKS: readonly Benchmark[] = [
  twoPassScaling,
  emptyInvalidation,
  intervalTree,
  boot,
  explorer,
  explorerJobs,
  simulatorSpeed,
  executorsAgree,
  compareDefault,
  memoryGrowth,
  explorerMemory,
];
