import { performance } from "node:perf_hooks";
import { UserModuleError } from "../../bundle/user_module.ts";
import { secondsToGo } from "../../executor/explorer/measure/size_estimate.ts";
import { hunt, type HuntHooks } from "../../hunt/search/hunt.ts";
import { NondeterminismError } from "../../hunt/search/nondeterminism_error.ts";
import type { HuntState } from "../../hunt/search/hunt_state.ts";
import type { HuntOutcome, HuntProgress } from "../../hunt/search/outcome.ts";
import { renderConfig } from "../../report/config_block.ts";
import { huntFigures, type HuntMoment } from "../../report/hunt_progress.ts";
import { renderHuntJson, type HuntResult } from "../../report/hunt_result.ts";
import { duration } from "../../report/numbers.ts";
import { renderHuntSummary } from "../../report/hunt_summary.ts";
import { paintFor } from "../../report/paint.ts";
import { progressOn, type Progress } from "../../report/progress.ts";
import { fileName, shorten, reportWidth } from "../../report/text.ts";
import { explain } from "../common/explain.ts";
import { EXIT_CLEAN, EXIT_INTERNAL, exitCodeOfHunt } from "../common/exit_codes.ts";
import { CheckpointError, CheckpointFile, resumption } from "./hunt_checkpoint.ts";
import { renderList } from "./hunt_list.ts";
import { parseHuntOptions, type HuntCommandOptions } from "./hunt_options.ts";
import { huntPlan, type HuntPlan } from "./hunt_plan.ts";
import { huntResult } from "./hunt_result.ts";
import { saveFailures } from "./hunt_save.ts";
import { humanStream, reportTo } from "../common/report_to.ts";
import { interruptible, runCommand } from "../common/run_command.ts";

/** `scripts/hunt.ts`: hunt, and report what was found. Returns the exit code. */
export function huntMain(argv: readonly string[]): Promise<number> {
  return runCommand([UserModuleError, CheckpointError, RangeError], async () => {
    const asked = parseHuntOptions(argv);
    if (asked.list) {
      process.stdout.write(renderList(paintFor(process.stdout)));
      return EXIT_CLEAN;
    }
    if (asked.explain !== null) return explain(asked.explain);
    const plan = await huntPlan(asked);
    try {
      return await interruptible((signal) => huntAndReport(asked, plan, signal));
    } catch (error) {
      if (!(error instanceof NondeterminismError)) throw error;
      process.stderr.write(`${error.message}\n`); // where in our code it was noticed says nothing
      return EXIT_INTERNAL;
    }
  });
}

async function huntAndReport(asked: HuntCommandOptions, plan: HuntPlan, signal: AbortSignal): Promise<number> {
  const startMs = performance.now();
  const checkpoints =
    asked.checkpoint === null ? null : new CheckpointFile(asked.checkpoint, (line) => process.stderr.write(`${line}\n`));
  const outcome = await run(plan, humanStream(asked.json), checkpoints, signal);
  const code = report(huntResult(plan, outcome, outcome.formerMs + performance.now() - startMs), asked);
  return checkpoints === null || checkpoints.error === null ? code : EXIT_INTERNAL;
}

async function run(
  plan: HuntPlan,
  out: NodeJS.WriteStream,
  checkpoints: CheckpointFile | null,
  signal: AbortSignal,
): Promise<HuntOutcome> {
  out.write(`${renderConfig(plan.shown, plan.options.strategy.seed, paintFor(out))}\n`);
  const { from, identity } = plan;
  if (from !== null) out.write(`${resumption(from)}\n`);
  const progress = progressOn(out, huntFigures);
  try {
    return await hunt(plan.options, {
      signal,
      onProgress: shownOn(progress, plan, out),
      ...(checkpoints === null || identity === null
        ? {}
        : { checkpoints: { identity, from, keep: (state: HuntState) => checkpoints.write(state) } }),
    });
  } finally {
    progress.stop();
  }
}

/** From then on it can be said how long a turn of each configuration takes. */
const TURNS_KNOWN_MS = 2000;

function turnsLine(configurations: number, turnsMs: number): string {
  const time = duration(turnsMs * 1000);
  return `a turn of each of ${configurations} configurations takes about ${time} here (--seconds ends it before)`;
}

function shownOn(
  progress: Progress<HuntMoment>,
  { options, options: { seconds, everyTurn = false, machines } }: HuntPlan,
  out: NodeJS.WriteStream,
): NonNullable<HuntHooks["onProgress"]> {
  const startMs = performance.now();
  const inAll = options.schedules === null ? Infinity : options.schedules * options.machines.length;
  let isTold = !everyTurn;
  return ({ machine, schedules, steps, failures, found, estimate, exploredMs, turns }: HuntProgress) => {
    const elapsedMs = performance.now() - startMs;
    const turnsMs = (exploredMs / turns) * machines.length;
    if (!isTold && exploredMs > TURNS_KNOWN_MS) {
      isTold = true;
      if (turnsMs > seconds! * 1000) out.write(`${turnsLine(machines.length, turnsMs)}\n`);
    }
    const timeMs = Math.max((seconds ?? Infinity) * 1000, everyTurn ? turnsMs : 0);
    const fraction = Math.max(elapsedMs / timeMs, schedules / inAll, estimate?.done ?? 0);
    const place = `${fileName(machine.driver)} ${fileName(machine.play)}`;
    const size =
      estimate === null ? null : { schedules: estimate.executions, secondsToGo: secondsToGo(estimate, schedules, exploredMs) };
    progress.update({ elapsedMs, fraction, place, schedules, steps, failures, size });
    if (found !== null)
      out.write(
        `${shorten(`found ${found.failure.rule} in ${place}, schedule ${found.index + 1}; looking into it`, reportWidth())}\n`,
      );
  };
}

/** Write every report that was asked for; the exit code. */
function report(result: HuntResult, options: HuntCommandOptions): number {
  const out = humanStream(options.json);
  out.write(renderHuntSummary(result, paintFor(out)));
  const isSaved = options.save === null || saveFailures(options.save, result, process.stderr);
  const isWritten = reportTo(options.json, () => renderHuntJson(result));
  return isSaved && isWritten ? exitCodeOfHunt(result) : EXIT_INTERNAL;
}
