import { framesThatFit } from "../../boot/memory.ts";
import type { MachineConfig } from "../../boot/config.ts";
import { ThreadsRun } from "../../boot/threads_run.ts";
import { loadNamed, UserModuleError } from "../../bundle/user_module.ts";
import { renderConfig } from "../../report/config_block.ts";
import { renderJson } from "../../report/json.ts";
import { renderJunit } from "../../report/junit.ts";
import { renderKtap } from "../../report/ktap.ts";
import { paintFor } from "../../report/paint.ts";
import { progressOn, stressFigures } from "../../report/progress.ts";
import type { StressResult } from "../../report/result.ts";
import { renderSummary } from "../../report/summary.ts";
import { StraceError } from "../../scenario/strace/error.ts";
import { readStrace } from "../../scenario/strace/reader.ts";
import type { WorkloadReplay } from "../../scenario/workload.ts";
import { explain } from "../common/explain.ts";
import { EXIT_INTERNAL, exitCodeOf } from "../common/exit_codes.ts";
import { humanStream, reportTo } from "../common/report_to.ts";
import { interruptible, runCommand } from "../common/run_command.ts";
import { parseStressOptions, type StressOptions } from "./stress_options.ts";
import { resolvedConfig, stressResult } from "./stress_result.ts";

/** `scripts/stress.ts`: run, watch, report. Returns the exit code. */
export function stressMain(argv: readonly string[]): Promise<number> {
  return runCommand([StraceError, RangeError, UserModuleError], async () => {
    const asked = parseStressOptions(argv);
    if (asked.explain !== null) return explain(asked.explain);
    const replay = asked.workload === null ? null : { workload: readStrace(asked.workload), rounds: asked.rounds };
    const config = await withUserModules(asked.config);
    const frames = framesThatFit(config, replay, asked.memoryMib);
    const options = { ...asked, config: { ...config, frames } };
    return interruptible(async (signal) => report(await stress(options, replay, signal), options));
  });
}

/** The configuration with the user's own driver and scenario loaded and named by their paths. */
async function withUserModules(config: MachineConfig): Promise<MachineConfig> {
  const { driver, scenario } = config;
  return {
    ...config,
    driver: await loadNamed("driver", driver),
    scenario: await loadNamed("scenario", scenario),
  };
}

async function stress(options: StressOptions, replay: WorkloadReplay | null, signal: AbortSignal): Promise<StressResult> {
  const out = streamOf(options);
  out?.write(`${renderConfig(resolvedConfig(options), options.config.seed, paintFor(out))}\n`);
  const progress = out === null ? null : progressOn(out, stressFigures);
  const { seconds, invalidations, hungTaskSeconds } = options;
  const run = new ThreadsRun(options.config, {
    replay,
    seconds,
    invalidations,
    hungTaskSeconds,
    onProgress: (now) => progress?.update({ ...now, fraction: fractionDone(options, now) }),
  });
  signal.addEventListener("abort", () => run.interrupt());
  try {
    return stressResult(options, replay?.workload ?? null, await run.run());
  } finally {
    progress?.stop();
  }
}

/** Where people read: nowhere if they want quiet. */
function streamOf({ quiet, ktap, json, junit }: StressOptions): NodeJS.WriteStream | null {
  return quiet ? null : humanStream(ktap ? "-" : null, json, junit);
}

function fractionDone({ seconds, invalidations }: StressOptions, now: { elapsedMs: number; invalidations: number }): number {
  return Math.min(1, Math.max(now.elapsedMs / (seconds * 1000), now.invalidations / invalidations));
}

/** Write every report that was asked for; the exit code. */
function report(result: StressResult, options: StressOptions): number {
  const out = streamOf(options);
  if (out !== null) out.write(renderSummary(result, paintFor(out)));
  else if (result.verdict !== "pass") process.stderr.write(renderSummary(result, paintFor(process.stderr)));
  if (options.ktap) process.stdout.write(renderKtap(result));
  const written = [reportTo(options.json, () => renderJson(result)), reportTo(options.junit, () => renderJunit(result))];
  return written.includes(false) ? Math.max(EXIT_INTERNAL, exitCodeOf(result)) : exitCodeOf(result);
}
