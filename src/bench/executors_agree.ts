import { runSimulated } from "../boot/simulated_run.ts";
import { DEFAULT_COSTS, type StepCosts } from "../executor/simulator/costs.ts";
import { within, type Benchmark, type Figure } from "./figure.ts";
import { idleConfig, invalidationsOf, invalidationsOnThreads, type IdleMachine, type Invalidations } from "./invalidation.ts";
import { median } from "./median.ts";

const GPUS = [1, 2, 4, 8] as const;
const DRIVERS = ["two-pass", "single-pass"] as const;
const TLB_LATENCY_US = [1000, 4000] as const;
/** Invalidations of a run with a millisecond in two passes; others are about as long. */
const ROUNDS = 1500;
const LEAST_ROUNDS = 100;
const REPEATS = 3;
/** A simulated run is always the same, so a few are enough. */
const SIMULATED_ROUNDS = 160;
/** Virtual time at which to give up. */
const SECONDS = 1000;
/** How far the ratio of the two may be from 1. */
const TOLERANCE = 0.25;

/**
 * What steps cost on the threads of this emulator, in place of what they cost a kernel: an access is a step of generators, and
 * whoever rings a doorbell, as whoever raises an interrupt, wakes a thread of the operating system. Waking takes the waker 15 us,
 * and the sleeper half of what two C threads take for there and back; an answer takes 20 us of a core (docs/bench.md:
 * two-pass-scaling, empty-invalidation).
 */
const THREADS_COSTS: StepCosts = {
  ...DEFAULT_COSTS,
  accessNs: 60,
  atomicNs: 60,
  doorbellNs: 15_000,
  wakerNs: 15_000,
  wakeUpNs: 19_000,
  deviceWakeUpNs: 19_000,
  interruptEntryNs: 20_000,
};

export const executorsAgree: Benchmark = {
  name: "executors-agree",
  summary: "invalidations on real threads beside what the simulator predicts, if it is told what steps cost on threads",
  isOnDemand: false,
  async run(say) {
    const figures: Figure[] = [];
    for (const tlbLatencyUs of TLB_LATENCY_US) {
      for (const gpus of GPUS) {
        for (const driver of DRIVERS) {
          say(`${gpus} GPUs, ${tlbLatencyUs} us, ${driver}`);
          const machine = { driver, gpus, tlbLatencyUs, rounds: roundsOf(driver, gpus, tlbLatencyUs) };
          figures.push(...agreementFigures(machine, await onThreads(machine), simulated(machine)));
        }
      }
    }
    return {
      figures,
      notes: [
        "Threads need a core when they need it: with more GPUs than cores, or on a busy machine, they are slower than predicted.",
      ],
    };
  },
};

function roundsOf(driver: string, gpus: number, tlbLatencyUs: number): number {
  const latencies = (driver === "single-pass" ? gpus : 1) * (tlbLatencyUs / TLB_LATENCY_US[0]);
  return Math.max(LEAST_ROUNDS, Math.ceil(ROUNDS / latencies));
}

/** Medians of several runs. */
async function onThreads(machine: IdleMachine): Promise<Invalidations> {
  const runs: Invalidations[] = [];
  for (let i = 0; i < REPEATS; i++) runs.push(await invalidationsOnThreads(machine));
  return { medianUs: median(runs.map(({ medianUs }) => medianUs)), overlap: median(runs.map(({ overlap }) => overlap)) };
}

function simulated(machine: IdleMachine): Invalidations {
  return invalidationsOf([
    runSimulated(idleConfig(machine), { costs: THREADS_COSTS, invalidations: SIMULATED_ROUNDS, seconds: SECONDS }),
  ]);
}

/** Latency and overlap, both beside their predictions. */
export function agreementFigures(
  { driver, gpus, tlbLatencyUs }: IdleMachine,
  threads: Invalidations,
  predicted: Invalidations,
): Figure[] {
  const name = `${gpus} GPU${gpus === 1 ? "" : "s"}, ${tlbLatencyUs / 1000} ms, ${driver}`;
  return [
    {
      name,
      unit: "us",
      value: threads.medianUs,
      against: { name: "simulator", value: predicted.medianUs },
      bar: within(TOLERANCE),
    },
    {
      name: `${name}, overlap`,
      unit: "times",
      value: threads.overlap,
      against: { name: "simulator", value: predicted.overlap },
      bar: within(TOLERANCE),
    },
  ];
}
