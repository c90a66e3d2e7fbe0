import { labelSchedule } from "../executor/explorer/labelled_schedule.ts";
import { RealignedReplay } from "../executor/explorer/realigned_replay.ts";
import type { Schedule } from "../executor/explorer/recording.ts";
import { Reproducer } from "../executor/explorer/reproduce.ts";
import { RandomWalk } from "../executor/explorer/strategy/random.ts";
import type { HuntConfig } from "./config.ts";
import { smallerConfigs } from "./smaller_configs.ts";
import { huntSubject } from "./subject.ts";

/** Random executions of a smaller machine, if the schedule of the larger one does not fail there. */
const WALKS = 200;

/** A machine and a schedule that fails on it. */
export interface FailingMachine {
  readonly config: HuntConfig;
  readonly schedule: Schedule;
}

/**
 * Leave out GPUs, CPUs, operations and accesses, one at a time, as long as it still fails in the same way. On a smaller machine the old
 * schedule is tried by its labels, and then a few random ones.
 */
export function smallestMachine(config: HuntConfig, signature: string, schedule: Schedule, seed: number): FailingMachine {
  let best: FailingMachine = { config, schedule };
  for (let smaller: FailingMachine | null = best; smaller !== null;) {
    best = smaller;
    smaller = nextSmaller(best, signature, seed);
  }
  return best;
}

function nextSmaller({ config, schedule }: FailingMachine, signature: string, seed: number): FailingMachine | null {
  const { spuriousPercent } = config.faults;
  const decisions = labelSchedule(huntSubject(config), schedule, spuriousPercent);
  for (const smaller of smallerConfigs(config)) {
    const subject = huntSubject(smaller);
    const reproducer = new Reproducer(subject, signature, spuriousPercent);
    const isFailing = reproducer.fails(new RealignedReplay(subject, decisions)) || walksInto(reproducer, seed);
    if (isFailing) return { config: smaller, schedule: reproducer.recording.schedule() };
  }
  return null;
}

function walksInto(reproducer: Reproducer, seed: number): boolean {
  for (let i = 0; i < WALKS; i++) if (reproducer.fails(new RandomWalk(seed + i))) return true;
  return false;
}
