import { IntervalTreeNode } from "../kernel/interval_tree.ts";
import { atMost, type Benchmark, type Figure } from "./figure.ts";
import { heapGrowth } from "./heap_growth.ts";
import { SteppedTree, kernelTree, RIVALS, type Intervals, type MakeTree, type Tree } from "./interval_trees.ts";
import { median } from "./median.ts";
import { notifierLoad, OPERATIONS, perform, type NotifierLoad, type Operation } from "./notifier_load.ts";

const SIZES = [100, 1000, 10_000, 100_000] as const;
const REPEATS = 7;
/** A sample is at least so many operations of each kind. */
const LEAST_OPERATIONS = 10_000;
const OURS = "ours";
/** The same, stopping before every node as the explorer has it; on threads it need not stop. */
const STEPPED = "stepped";

export const intervalTree: Benchmark = {
  name: "interval-tree",
  summary: "the notifiers' interval tree beside two libraries: time of an operation, growth, memory",
  isOnDemand: false,
  async run(say) {
    const figures: Figure[] = [];
    for (const size of SIZES) {
      const load = notifierLoad(size);
      const times = new Times();
      for (let repeat = -1; repeat < REPEATS; repeat++) {
        // the first is for the compiler
        say(`${size} notifiers, ${Math.max(repeat, 0) + 1} of ${REPEATS}`);
        const matches = Object.entries({ [OURS]: kernelTree, [STEPPED]: makeStepped, ...RIVALS }).map(([name, make]) =>
          sample(make, load, (operation, ns) => repeat >= 0 && times.add(operation, name, ns)),
        );
        if (new Set(matches).size !== 1) throw new Error(`the trees do not agree: ${matches.join(", ")} matches`);
        await Promise.resolve();
      }
      for (const operation of OPERATIONS) figures.push(...timeFigures(operation, size, times.medians(operation)));
    }
    say("steps");
    const [fewest, most] = [SIZES[0], SIZES[SIZES.length - 1]];
    const few = stepsOf(notifierLoad(fewest));
    const many = stepsOf(notifierLoad(most));
    for (const operation of OPERATIONS)
      figures.push(growthFigure(operation, { size: fewest, steps: few[operation] }, { size: most, steps: many[operation] }));
    say("memory");
    figures.push(memoryFigure(heapBytes(notifierLoad(most))));
    return { figures, notes: [] };
  },
};

function makeStepped(intervals: Intervals): Tree {
  return new SteppedTree(intervals);
}

/** Times by operation and tree, in nanoseconds. */
class Times {
  readonly #samples = new Map<string, number[]>();

  add(operation: Operation, tree: string, ns: number): void {
    const key = `${operation} ${tree}`;
    const samples = this.#samples.get(key);
    if (samples === undefined) this.#samples.set(key, [ns]);
    else samples.push(ns);
  }

  medians(operation: Operation): Record<string, number> {
    return Object.fromEntries(
      [OURS, STEPPED, ...Object.keys(RIVALS)].map((tree) => [tree, median(this.#samples.get(`${operation} ${tree}`) ?? [])]),
    );
  }
}

/** Fill a tree, ask it, empty it, as often as it takes; tell the nanoseconds of one operation of each kind. Matches found. */
function sample(make: MakeTree, load: NotifierLoad, tell: (operation: Operation, ns: number) => void): number {
  const rounds = Math.ceil(LEAST_OPERATIONS / load.insertOrder.length);
  const spent = { insert: 0, remove: 0, stab: 0, range: 0 };
  const done = { insert: 0, remove: 0, stab: 0, range: 0 };
  let found = 0;
  for (let round = 0; round < rounds; round++) {
    const tree = make(load.intervals);
    for (const operation of ["insert", "stab", "range", "remove"] as const) {
      if (round > 0 && (operation === "stab" || operation === "range")) continue;
      const start = process.hrtime.bigint();
      const { operations, matches } = perform(operation, tree, load);
      spent[operation] += Number(process.hrtime.bigint() - start);
      done[operation] += operations;
      found += matches;
    }
  }
  for (const operation of OPERATIONS) tell(operation, spent[operation] / done[operation]);
  return found;
}

/** Steps of one operation of each kind, on average: what the others of an interleaving executor may come in between. */
function stepsOf(load: NotifierLoad): Record<Operation, number> {
  const tree = new SteppedTree(load.intervals);
  const steps = { insert: 0, remove: 0, stab: 0, range: 0 };
  for (const operation of ["insert", "stab", "range", "remove"] as const) {
    const before = tree.steps;
    const { operations } = perform(operation, tree, load);
    steps[operation] = (tree.steps - before) / operations;
  }
  return steps;
}

/** Bytes a notifier, by library. */
function heapBytes(load: NotifierLoad): Record<string, number> {
  return Object.fromEntries(
    Object.entries(RIVALS).map(([name, make]) => [
      name,
      heapGrowth(() => {
        const tree = make(load.intervals);
        perform("insert", tree, load);
        return tree;
      }) / load.insertOrder.length,
    ]),
  );
}

/** @param medians nanoseconds by tree, ours among them */
export function timeFigures(operation: string, size: number, medians: Readonly<Record<string, number>>): Figure[] {
  const { [OURS]: straight, [STEPPED]: stepped, ...rivals } = medians;
  const name = `${operation}, ${size.toLocaleString("en-US")}`;
  const common = { unit: "ns", against: least(rivals), bar: atMost(3) } as const;
  return [
    { name, value: straight, ...common },
    { name: `${name}, stepped`, value: stepped, ...common },
  ];
}

interface StepsAt {
  readonly size: number;
  readonly steps: number;
}

/** Steps at the largest tree, beside what they were at the smallest times the growth of the logarithm. */
export function growthFigure(operation: string, few: StepsAt, many: StepsAt): Figure {
  const against = { name: `${few.steps.toFixed(1)} x log`, value: few.steps * (Math.log2(many.size) / Math.log2(few.size)) };
  return {
    name: `${operation}, ${few.size} to ${many.size.toLocaleString("en-US")}`,
    unit: "steps",
    value: many.steps,
    against,
    bar: atMost(1.1),
  };
}

export function memoryFigure(rivals: Readonly<Record<string, number>>): Figure {
  return { name: "memory of a notifier", unit: "bytes", value: IntervalTreeNode.words * 4, against: least(rivals), bar: null };
}

/** The library that does best. */
function least(rivals: Readonly<Record<string, number>>): { name: string; value: number } {
  const [name, value] = Object.entries(rivals).reduce((best, next) => (next[1] < best[1] ? next : best));
  return { name, value };
}
