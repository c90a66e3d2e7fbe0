import { dirname, relative } from "node:path";
import { performance } from "node:perf_hooks";
import { UserModuleError } from "../../bundle/user_module.ts";
import { compare, type CompareOutcome, type CompareProgress, type TrialRunner } from "../../compare/run.ts";
import { SimulatorRunner } from "../../compare/simulator_runner.ts";
import type { Comparison } from "../../report/comparison.ts";
import { renderComparisonJson } from "../../report/comparison_json.ts";
import { renderComparisonMarkdown } from "../../report/comparison_markdown.ts";
import { compareFigures } from "../../report/comparison_progress.ts";
import { renderComparison } from "../../report/comparison_summary.ts";
import { renderConfig } from "../../report/config_block.ts";
import { paintFor } from "../../report/paint.ts";
import { progressOn } from "../../report/progress.ts";
import { parseCompareOptions, type CompareCommandOptions } from "./compare_options.ts";
import { comparePlan, shownConfig, type CommandPlan } from "./compare_plan.ts";
import { writePlots } from "./compare_plots.ts";
import { comparisonOf } from "./compare_result.ts";
import { ThreadsRunner } from "./compare_threads.ts";
import { CostsError } from "./costs_file.ts";
import { EXIT_CLEAN, EXIT_INTERNAL, EXIT_INTERRUPTED, EXIT_VIOLATION } from "../common/exit_codes.ts";
import { humanStream, reportTo } from "../common/report_to.ts";
import { interruptible, runCommand } from "../common/run_command.ts";

const TICK_MS = 200;

/** `scripts/compare.ts`: measure designs, and report what came of it. Returns the exit code. */
export function compareMain(argv: readonly string[]): Promise<number> {
  return runCommand([UserModuleError, CostsError, RangeError], async () => {
    const options = parseCompareOptions(argv);
    const plan = await comparePlan(options);
    return interruptible(async (signal) => {
      const startMs = performance.now();
      const outcome = await run(plan, humanStream(options.json, options.markdown), signal);
      return report(comparisonOf(options, outcome, performance.now() - startMs), options);
    });
  });
}

async function run(plan: CommandPlan, out: NodeJS.WriteStream, signal: AbortSignal): Promise<CompareOutcome> {
  out.write(`${renderConfig(shownConfig(plan), plan.options.seed, paintFor(out))}\n`);
  const runner: TrialRunner =
    plan.executor === "threads" ? new ThreadsRunner() : await SimulatorRunner.start(plan.jobs, plan.costs, plan.options.designs);
  const progress = progressOn(out, compareFigures);
  const startMs = performance.now();
  let now: CompareProgress = { trials: 0, done: 0, fraction: 0, place: "" };
  const ticker = setInterval(() => progress.update({ ...now, elapsedMs: performance.now() - startMs }), TICK_MS);
  try {
    return await compare(plan, runner, { signal, onProgress: (moment) => void (now = moment) });
  } finally {
    clearInterval(ticker);
    progress.stop();
    await runner.close();
  }
}

/** Write every report that was asked for; the exit code. */
function report(comparison: Comparison, options: CompareCommandOptions): number {
  const out = humanStream(options.json, options.markdown);
  out.write(renderComparison(comparison, paintFor(out)));
  const written = [
    options.svg === null || writePlots(options.svg, comparison, process.stderr),
    reportTo(options.markdown, () => renderComparisonMarkdown(comparison, { plots: plotsFrom(options) })),
    reportTo(options.json, () => renderComparisonJson(comparison)),
  ];
  return written.includes(false) ? EXIT_INTERNAL : exitCodeOf(comparison);
}

/** Where the plots are, as seen from the report. */
function plotsFrom({ markdown, svg }: CompareCommandOptions): string | null {
  return svg === null ? null : relative(dirname(markdown ?? ""), svg).replaceAll("\\", "/") || ".";
}

function exitCodeOf({ verdict, interrupted }: Comparison): number {
  if (verdict === "fail") return EXIT_VIOLATION;
  return interrupted ? EXIT_INTERRUPTED : EXIT_CLEAN;
}
