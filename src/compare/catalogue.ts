import type { Experiment } from "./experiment.ts";
import { mixes } from "./experiments/mixes.ts";
import { preemption } from "./experiments/preemption.ts";
import { readers } from "./experiments/readers.ts";
import { scaling } from "./experiments/scaling.ts";
import { secondWalk } from "./experiments/second_walk.ts";

/** All questions that are asked of designs, in the order of reports. */
export const EXPERIMENTS: readonly Experiment[] = [scaling, secondWalk, preemption, mixes, readers];

/** Those whose machines also run on real threads, one for each GPU. */
export const THREADS_EXPERIMENTS: readonly Experiment[] = [scaling];
