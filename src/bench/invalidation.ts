import { DEFAULT_CONFIG, type MachineConfig } from "../boot/config.ts";
import type { Findings } from "../boot/findings.ts";
import { ThreadsRun } from "../boot/threads_run.ts";
import { mergeSnapshots } from "../check/statistics.ts";
import { mergeLatencies } from "../report/latency.ts";

/** A machine whose GPUs are idle while CPU 0 takes one page away from all of them. */
export interface IdleMachine {
  readonly driver: string;
  readonly gpus: number;
  /** Time that a GPU needs for a TLB invalidation, in microseconds. */
  readonly tlbLatencyUs: number;
  /** How often to take the page away. */
  readonly rounds: number;
}

/** What was measured of all invalidations of a run. */
export interface Invalidations {
  /** Of the notifier part, from invalidate_range_start to the last device's answer, in microseconds. */
  readonly medianUs: number;
  /** Sum of the devices' own latencies over the time that they were waited for. */
  readonly overlap: number;
}

/** The machine, for any executor. */
export function idleConfig({ driver, gpus, tlbLatencyUs }: IdleMachine): MachineConfig {
  return { ...DEFAULT_CONFIG, scenario: "page-by-page", driver, gpus, tlbLatencyUs, cpus: 1, contexts: 1 };
}

/**
 * Invalidations on real threads: the kernel, the driver and all oracles as in a stress run.
 *
 * @throws Error if the run was not clean
 */
export async function invalidationsOnThreads(machine: IdleMachine): Promise<Invalidations> {
  const run = new ThreadsRun(idleConfig(machine), {
    replay: null,
    seconds: Infinity,
    invalidations: machine.rounds,
    hungTaskSeconds: 60,
    onProgress: () => undefined,
  });
  const { findings, hang, died } = await run.run();
  const rules = findings.flatMap((found) => Object.keys(found.violationCounts));
  if (died !== null) throw died;
  if (hang !== null || rules.length > 0) {
    throw new Error(
      `${machine.driver}, ${machine.gpus} GPUs: ` +
        `${hang === null ? `violations of ${rules.join(", ")}` : "the machine hung"}; measure nothing before stress runs clean`,
    );
  }
  return invalidationsOf(findings);
}

/** Of all threads' findings. */
export function invalidationsOf(findings: readonly Findings[]): Invalidations {
  const { latencies, deviceUs, waitedUs } = mergeSnapshots(findings.map(({ snapshot }) => snapshot));
  return { medianUs: mergeLatencies(latencies.invalidate).getValueAtPercentile(50), overlap: deviceUs / waitedUs };
}

/** The median alone: see {@link invalidationsOnThreads}. */
export async function medianInvalidationUs(machine: IdleMachine): Promise<number> {
  return (await invalidationsOnThreads(machine)).medianUs;
}
