import type { Figures } from "./statistics.ts";

/** A run that found nothing. */
export interface CleanRun {
  readonly figures: Figures;
  /** Nothing was left to explore. */
  readonly exhaustive: boolean;
  /** What the exploration kept to, as in `with at most 2 preemptions`; empty if nothing. */
  readonly limits: string;
  /** Executions that were enumerated, or chosen by what former ones had shown: no independent samples. */
  readonly chosen: number;
  /** Executions of PCT by the depth that they aimed at. */
  readonly pct: readonly PctRuns[];
}

export interface PctRuns {
  readonly depth: number;
  /** Number of threads, and of steps at which more than one of them could run: PCT's n and k. */
  readonly threads: number;
  readonly steps: number;
  readonly runs: number;
}

/** What a clean run allows one to conclude, in sentences. */
export function statementOf(run: CleanRun): string[] {
  if (run.exhaustive) return [exhaustiveStatement(run)];
  if (run.figures.schedules === 0) return ["Nothing was run."];
  return [...sampledStatement(run), ...pctStatements(run.pct.filter(({ runs }) => runs > 0))];
}

function exhaustiveStatement({ figures: { schedules, traces }, limits }: CleanRun): string {
  const bounded = limits === "" ? "" : ` ${limits}`;
  const run = traces.isExact
    ? `All ${count(traces.unique)} traces${bounded} were run`
    : `All traces${bounded} were run, about ${count(traces.unique)} of them`;
  const all = `${run} (in ${count(schedules)} executions), and none fails`;
  const every = limits === "" ? "every schedule" : "every such schedule";
  return `${all}: ${every} differs from one of them in the order of independent steps alone.`;
}

function sampledStatement({ figures: { schedules, traces }, chosen }: CleanRun): string[] {
  const samples = schedules - chosen;
  const about = traces.isExact ? "" : "about ";
  if (samples === 0) {
    return [
      `${count(schedules)} executions were enumerated or chosen, and none failed. They showed ` +
        `${about}${count(traces.unique)} different traces; they are no samples, and nothing follows for those that are left.`,
    ];
  }
  const sentences = [
    `${count(samples)} executions were drawn, and none failed: with 95 % confidence at most ` +
      `${percent(ruleOfThree(samples))} of such executions fail (rule of three).`,
  ];
  if (chosen > 0)
    sentences.push(
      `${count(chosen)} more were enumerated, or chosen by what former ones had shown, and none failed; they are no ` +
        "samples, and nothing follows from their number.",
    );
  const once = traces.singletons === 1 ? "1 of them was" : `${count(traces.singletons)} of them were`;
  sentences.push(
    `All showed ${about}${count(traces.unique)} different traces; ${once} met only once: about ` +
      `${percent(traces.singletons / schedules)} of further executions would show one not met so far (Good-Turing).`,
  );
  return sentences;
}

/** Upper end of the 95 % confidence interval of a probability after so many tries without success. */
function ruleOfThree(tries: number): number {
  return Math.min(1, 3 / tries);
}

/** Bounds that say next to nothing are not worth a sentence each. */
const TELLING = 0.95;

/** Burckhardt et al., ASPLOS 2010. */
function pctStatements(pct: readonly PctRuns[]): string[] {
  const told = pct.filter((runs) => missProbability(runs) <= TELLING);
  const sentences = told.map(
    (runs) =>
      `${pctBound(runs)}: ${count(runs.runs)} executions miss it with a probability of at most ` +
      `${percent(missProbability(runs))}.`,
  );
  if (told.length < pct.length) {
    const depths = pct.filter((runs) => !told.includes(runs)).map(({ depth }) => depth);
    sentences.push(`Of bugs of depth ${depths.join(", ")} so few executions say next to nothing.`);
  }
  return sentences;
}

function meetProbability({ depth, threads, steps }: PctRuns): number {
  return 1 / (threads * Math.max(1, steps) ** (depth - 1));
}

function missProbability(run: PctRuns): number {
  return Math.exp(run.runs * Math.log1p(-meetProbability(run)));
}

function pctBound(run: PctRuns): string {
  const { depth, threads, steps } = run;
  const bound = depth === 1 ? `1/${threads}` : `1/(${threads}·${steps}${depth === 2 ? "" : `^${depth - 1}`})`;
  return (
    `PCT meets a bug of depth ${depth} among ${threads} threads and ${count(steps)} steps with a probability of at ` +
    `least ${bound} = ${percent(meetProbability(run))} each time`
  );
}

function count(value: number): string {
  return value.toLocaleString("en-US");
}

/** With two significant digits. */
function percent(share: number): string {
  const value = share * 100;
  if (value === 0 || value === 100) return `${value} %`;
  return value < 0.001 ? `${value.toExponential(1)} %` : `${Number(value.toPrecision(2))} %`;
}
