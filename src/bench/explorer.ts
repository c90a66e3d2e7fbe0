import { Explorer } from "../executor/explorer/engine/explore.ts";
import { program, type Program } from "../executor/explorer/program/program.ts";
import { RandomWalk } from "../executor/explorer/strategy/random.ts";
import type { Subject } from "../executor/explorer/engine/subject.ts";
import { DEFAULT_HUNT_MACHINE } from "../hunt/machine/hunt_machine.ts";
import { HuntSubject } from "../hunt/machine/subject.ts";
import { fastCheckNs } from "./fast_check.ts";
import { atMost, type Benchmark, type Figure } from "./figure.ts";
import { cpuNs } from "./cpu_time.ts";
import { median } from "./median.ts";

/** Executions before anything is measured, for the compiler, and executions of a sample. */
const WARM_UP = 3000;
const EXECUTIONS = 1500;
const SAMPLES = 9;
/** A million steps a second, in nanoseconds a step. */
const NS_PER_STEP_AT_1M = 1000;
const FEW_TASKS = 4;
const MANY_TASKS = 100;

export const explorer: Benchmark = {
  name: "explorer",
  summary: "a step of the explorer (two-pass, 2 CPUs, 2 GPUs) with and without oracles, and by number of tasks",
  isOnDemand: false,
  async run(say) {
    const figures: Figure[] = [];
    const measure = (what: string, subject: Subject) => {
      say(what);
      return timeOf(subject);
    };
    const bare = measure("oracles off", new HuntSubject(DEFAULT_HUNT_MACHINE, { oracles: false, sanitizers: false }));
    const watched = measure("oracles on", new HuntSubject(DEFAULT_HUNT_MACHINE, { sanitizers: false }));
    const all = measure("oracles and sanitizers on", new HuntSubject(DEFAULT_HUNT_MACHINE));
    const atMillion = { name: "1 million/s", value: NS_PER_STEP_AT_1M };
    figures.push(
      {
        name: "step, oracles off",
        unit: "ns",
        value: bare.stepNs,
        against: { name: "3 million/s", value: NS_PER_STEP_AT_1M / 3 },
        bar: atMost(1),
      },
      { name: "step, all oracles", unit: "ns", value: watched.stepNs, against: atMillion, bar: atMost(1) },
      { name: "step, oracles and sanitizers", unit: "ns", value: all.stepNs, against: atMillion, bar: null },
    );
    const few = measure(`${FEW_TASKS} tasks`, counters(FEW_TASKS));
    const many = measure(`${MANY_TASKS} tasks`, counters(MANY_TASKS));
    figures.push({
      name: `step, ${MANY_TASKS} tasks`,
      unit: "ns",
      value: many.stepNs,
      against: { name: `${FEW_TASKS} tasks`, value: few.stepNs },
      bar: atMost(1.5),
    });
    const ours = measure("lost update", counters(2));
    say("fast-check");
    figures.push({
      name: "execution of a lost update",
      unit: "us",
      value: ours.executionNs / 1000,
      against: { name: "fast-check's scheduler", value: (await fastCheckNs()) / 1000 },
      bar: atMost(1),
    });
    return {
      figures,
      notes: [
        "Processor time, which includes that of the compiler and the collector; of a step, also its share of starting " +
          "an execution, of taking the machine down and of the final balance.",
      ],
    };
  },
};

/** So many tasks, each of which adds to one word twice in two steps: with two, the classic lost update. */
export function counters(tasks: number): Program {
  return program("counters", (p) => {
    const x = p.word("x");
    for (let task = 0; task < tasks; task++) {
      p.thread(`t${task}`, function* (t) {
        for (let round = 0; round < 2; round++) yield* x.write(t, (yield* x.read(t)) + 1);
      });
    }
  });
}

interface Times {
  readonly stepNs: number;
  readonly executionNs: number;
}

/** Of a random walk: the median of several samples. */
function timeOf(subject: Subject): Times {
  const walk = new Explorer({ subject, strategy: new RandomWalk(1), seed: 1 });
  for (let index = 0; index < WARM_UP; index++) walk.run(index);
  const samples = Array.from({ length: SAMPLES }, () => sample(walk));
  return {
    stepNs: median(samples.map(({ stepNs }) => stepNs)),
    executionNs: median(samples.map(({ executionNs }) => executionNs)),
  };
}

function sample(walk: Explorer): Times {
  let steps = 0;
  const startNs = cpuNs();
  for (let index = 0; index < EXECUTIONS; index++) {
    walk.run(index);
    steps += walk.recording.length;
  }
  const spentNs = cpuNs() - startNs;
  return { stepNs: spentNs / steps, executionNs: spentNs / EXECUTIONS };
}
