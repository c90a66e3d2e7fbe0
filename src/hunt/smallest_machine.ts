import { decisivePart } from "../executor/explorer/minimise/decisive.ts";
import { labelSchedule } from "../executor/explorer/labelled_schedule.ts";
import { RealignedReplay } from "../executor/explorer/realigned_replay.ts";
import type { Schedule } from "../executor/explorer/recording.ts";
import { Reproducer } from "../executor/explorer/reproduce.ts";
import { Replay } from "../executor/explorer/replay.ts";
import { RandomWalk } from "../executor/explorer/strategy/random.ts";
import type { Strategy } from "../executor/explorer/strategy.ts";
import type { HuntConfig } from "./config.ts";
import { smallerConfigs } from "./smaller_configs.ts";
import { huntSubject } from "./subject.ts";

/** Random executions of a smaller machine, if the schedule of the larger one does not fail there, and steps that they may take. */
const WALKS = 200;
const STEPS = 200_000;

/** A machine and a schedule that fails on it. */
export interface FailingMachine {
  readonly config: HuntConfig;
  readonly schedule: Schedule;
}

/**
 * Leave out GPUs, CPUs, operations and accesses, one at a time, as long as it still fails in the same way. On a smaller machine the old
 * schedule is tried by its labels, and then a few random ones. What failed under way must go on doing so: when a play is taken down
 * much the same happens as in it, with nothing to see of how it came about.
 */
export function smallestMachine(config: HuntConfig, signature: string, schedule: Schedule, seed: number): FailingMachine {
  const whole = new Reproducer(huntSubject(config), signature, config.faults.spuriousPercent);
  let best: FailingMachine = { config, schedule: decisivePart(whole, schedule) };
  whole.fails(new Replay(best.schedule));
  for (let smaller: FailingMachine | null = best; smaller !== null;) {
    best = smaller;
    smaller = nextSmaller(best, signature, whole.isAtEnd, seed);
  }
  return best;
}

function nextSmaller({ config, schedule }: FailingMachine, signature: string, mayBeAtEnd: boolean, seed: number): FailingMachine | null {
  const { spuriousPercent } = config.faults;
  const decisions = labelSchedule(huntSubject(config), schedule, spuriousPercent);
  for (const smaller of smallerConfigs(config)) {
    const subject = huntSubject(smaller);
    const reproducer = new Reproducer(subject, signature, spuriousPercent);
    const isFailing = (strategy: Strategy) => reproducer.steps < STEPS && reproducer.fails(strategy) && (mayBeAtEnd || !reproducer.isAtEnd);
    if (![new RealignedReplay(subject, decisions), ...walks(seed)].some(isFailing)) continue;
    const part = decisivePart(reproducer, reproducer.recording.schedule());
    if (reproducer.fails(new Replay(part))) return { config: smaller, schedule: part };
  }
  return null;
}

function walks(seed: number): Strategy[] {
  return Array.from({ length: WALKS }, (_, i) => new RandomWalk(seed + i));
}
