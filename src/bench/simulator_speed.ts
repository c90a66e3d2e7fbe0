import { bootMachine } from "../boot/machine.ts";
import { simulate } from "../boot/simulate.ts";
import { trialMachine } from "../compare/machine.ts";
import { SimulatorRunner } from "../compare/simulator_runner.ts";
import type { Trial } from "../compare/trial.ts";
import { DEFAULT_COSTS } from "../executor/simulator/costs.ts";
import { cpuNs } from "./cpu_time.ts";
import { atMost, type Benchmark, type Figure } from "./figure.ts";
import { liveMemory } from "./heap_growth.ts";
import { median } from "./median.ts";

/** Half a million steps a second, in nanoseconds a step. */
const NS_PER_STEP_ALLOWED = 2000;
const GPUS = 64;
const FEW_GPUS = 8;
const MANY_GPUS = 512;
const SAMPLES = 3;
/** A sample is about so many invalidations of one GPU. */
const INVALIDATIONS = 12_800;

const LARGEST_GPUS = 1024;
const LARGEST_INVALIDATIONS = 100;
const LARGEST_ALLOWED_MS = 60_000;

const MEMORY_GPUS = 256;
/** Beyond what a machine four times as large may take at most. */
const MEMORY_TOLERANCE = 1.05;

export const simulatorSpeed: Benchmark = {
  name: "simulator-speed",
  summary:
    "a step of the simulator as comparisons run it (two-pass, 40 us), by number of GPUs; the time and the memory of " +
    "large machines",
  isOnDemand: false,
  async run(say) {
    const runner = await SimulatorRunner.start(1, DEFAULT_COSTS, []);
    try {
      const measure = async (gpus: number) => {
        say(`${gpus} GPUs`);
        return await stepNs(runner, gpus);
      };
      await measure(FEW_GPUS); // for the compiler
      const [few, middle, many] = [await measure(FEW_GPUS), await measure(GPUS), await measure(MANY_GPUS)];
      say(`${LARGEST_GPUS} GPUs`);
      const largestMs = (await spentNs(runner, trial(LARGEST_GPUS, LARGEST_INVALIDATIONS))).ns / 1e6;
      say("memory");
      return {
        figures: speedFigures(few, middle, many, largestMs, memoryOf(MEMORY_GPUS), memoryOf(4 * MEMORY_GPUS)),
        notes: ["Processor time, which includes that of building the machine, of the compiler and the collector."],
      };
    } finally {
      await runner.close();
    }
  },
};

/** What is held against what; of steps in nanoseconds, of memory in bytes. */
export function speedFigures(
  fewNs: number,
  middleNs: number,
  manyNs: number,
  largestMs: number,
  smallBytes: number,
  largeBytes: number,
): Figure[] {
  const step = `step, ${GPUS} GPUs`;
  return [
    { name: step, unit: "ns", value: middleNs, against: { name: "500,000/s", value: NS_PER_STEP_ALLOWED }, bar: atMost(1) },
    { name: step, unit: "ns", value: middleNs, against: byLogarithm(fewNs, GPUS), bar: atMost(1) },
    { name: `step, ${MANY_GPUS} GPUs`, unit: "ns", value: manyNs, against: byLogarithm(fewNs, MANY_GPUS), bar: atMost(1) },
    {
      name: `${LARGEST_GPUS.toLocaleString("en-US")} GPUs, ${LARGEST_INVALIDATIONS} invalidations`,
      unit: "ms",
      value: largestMs,
      against: { name: "allowed", value: LARGEST_ALLOWED_MS },
      bar: atMost(1),
    },
    {
      name: `memory, ${(4 * MEMORY_GPUS).toLocaleString("en-US")} GPUs`,
      unit: "bytes",
      value: largeBytes,
      against: { name: `4 x ${MEMORY_GPUS} GPUs`, value: 4 * smallBytes },
      bar: atMost(MEMORY_TOLERANCE),
    },
  ];
}

/** What a step may cost with so many GPUs, if it grows as their logarithm. */
function byLogarithm(fewNs: number, gpus: number): { readonly name: string; readonly value: number } {
  const growth = Math.log(gpus) / Math.log(FEW_GPUS);
  return { name: `${FEW_GPUS} GPUs x ${growth}`, value: fewNs * growth };
}

function trial(gpus: number, invalidations: number): Trial {
  const config = trialMachine({ driver: "two-pass", gpus, tlbLatencyUs: 40, seed: 1 });
  return { labels: { gpus }, config, invalidations, seconds: 1000, isWatched: false };
}

/** Of a step: the median of several trials, on a worker that has nothing else to do. */
async function stepNs(runner: SimulatorRunner, gpus: number): Promise<number> {
  const samples: number[] = [];
  for (let i = 0; i < SAMPLES; i++) {
    const { ns, steps } = await spentNs(runner, trial(gpus, INVALIDATIONS / gpus));
    samples.push(ns / steps);
  }
  return median(samples);
}

/** Processor time that a trial takes. */
async function spentNs(runner: SimulatorRunner, one: Trial): Promise<{ readonly ns: number; readonly steps: number }> {
  const startNs = cpuNs();
  const { steps } = await runner.measure(one);
  return { ns: cpuNs() - startNs, steps };
}

/** Bytes that a machine takes which has just run. */
function memoryOf(gpus: number): number {
  const before = liveMemory();
  const machine = bootMachine(trial(gpus, 1).config);
  const ran = simulate(machine, { invalidations: 1, seconds: 1000 });
  const bytes = liveMemory() - before;
  return ran.simulator.words.length > 0 && machine.world.gpus.length === gpus ? bytes : Number.NaN; // both are alive up to here
}
