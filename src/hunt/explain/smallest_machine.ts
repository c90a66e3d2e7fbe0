import { decisivePart } from "../../executor/explorer/minimise/decisive.ts";
import { labelSchedule, type LabelledSchedule } from "../../executor/explorer/replay/labelled_schedule.ts";
import { RealignedReplay } from "../../executor/explorer/replay/realigned_replay.ts";
import type { Schedule } from "../../executor/explorer/engine/recording.ts";
import { Reproducer } from "../../executor/explorer/replay/reproduce.ts";
import { Replay } from "../../executor/explorer/replay/replay.ts";
import { RandomWalk } from "../../executor/explorer/strategy/random.ts";
import type { Strategy } from "../../executor/explorer/engine/strategy.ts";
import type { HuntMachine } from "../machine/hunt_machine.ts";
import { smallerMachines } from "../machine/smaller_machines.ts";
import { huntSubject } from "../machine/subject.ts";

/** Random executions of a smaller machine, if the schedule of the larger one does not fail there. */
const WALKS = 30;
/** Steps that random executions may take in all. */
const STEPS = 100_000;

/** A machine and a schedule that fails on it. */
export interface FailingMachine {
  readonly config: HuntMachine;
  readonly schedule: Schedule;
}

/**
 * Leave out GPUs, CPUs, operations and accesses, one at a time, as long as it still fails in the same way. On a smaller machine
 * the old schedule is tried by its labels, and when that leads no further, a few random ones.
 */
export function smallestMachine(config: HuntMachine, signature: string, schedule: Schedule, seed: number): FailingMachine {
  const reproducer = new Reproducer(huntSubject(config), signature, config.faults.spuriousPercent);
  const whole = { config, schedule: decisivePart(reproducer, schedule) };
  reproducer.fails(new Replay(whole.schedule));
  const byLabels = new Shrinking(whole, signature, reproducer.isAtEnd, () => []);
  const atRandom = new Shrinking(byLabels.run(), signature, reproducer.isAtEnd, () => walks(seed));
  return atRandom.run();
}

/** Makes one machine smaller and smaller. */
class Shrinking {
  readonly #signature: string;
  readonly #mayBeAtEnd: boolean;
  readonly #others: () => Strategy[];
  /** What could not be left out. */
  readonly #needed = new Set<string>();
  #best: FailingMachine;
  #steps = 0;

  /**
   * @param mayBeAtEnd false if it failed under way, and must go on doing so: when a play is taken down much the same happens as
   * in it, with nothing to see of how it came about
   * @param others tried when the schedule does not fail by its labels
   */
  constructor(machine: FailingMachine, signature: string, mayBeAtEnd: boolean, others: () => Strategy[]) {
    this.#best = machine;
    this.#signature = signature;
    this.#mayBeAtEnd = mayBeAtEnd;
    this.#others = others;
  }

  run(): FailingMachine {
    while (this.#shrink()) {
      /* once more */
    }
    return this.#best;
  }

  #shrink(): boolean {
    const { config, schedule } = this.#best;
    const decisions = labelSchedule(huntSubject(config), schedule, config.faults.spuriousPercent);
    for (const smaller of smallerMachines(config)) {
      const part = partLeftOut(config, smaller);
      if (this.#needed.has(part)) continue;
      const failing = this.#failingSchedule(smaller, decisions);
      if (failing !== null) {
        this.#best = { config: smaller, schedule: failing };
        return true;
      }
      this.#needed.add(part);
    }
    return false;
  }

  #failingSchedule(config: HuntMachine, decisions: LabelledSchedule): Schedule | null {
    const subject = huntSubject(config);
    const reproducer = new Reproducer(subject, this.#signature, config.faults.spuriousPercent);
    const isFailing = (strategy: Strategy) =>
      this.#steps + reproducer.steps < STEPS && reproducer.fails(strategy) && (this.#mayBeAtEnd || !reproducer.isAtEnd);
    const isFound = isFailing(new RealignedReplay(subject, decisions)) || this.#others().some(isFailing);
    this.#steps += reproducer.steps;
    if (!isFound) return null;
    const part = decisivePart(reproducer, reproducer.recording.schedule());
    return reproducer.fails(new Replay(part)) ? part : null;
  }
}

/** A GPU, a CPU, an operation. */
function partLeftOut(config: HuntMachine, smaller: HuntMachine): string {
  if (smaller.gpus < config.gpus) return "a GPU";
  return smaller.cpus < config.cpus ? "a CPU" : smaller.skip.at(-1)!;
}

function walks(seed: number): Strategy[] {
  return Array.from({ length: WALKS }, (_, i) => new RandomWalk(seed + i));
}
