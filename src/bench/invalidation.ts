import { DEFAULT_CONFIG } from "../boot/config.ts";
import { ThreadsRun } from "../boot/threads_run.ts";
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

/**
 * The median time of the notifier part of an invalidation, from invalidate_range_start to the last device's answer, in
 * microseconds: real threads, the kernel, the driver and all oracles as in a stress run.
 *
 * @throws Error if the run was not clean
 */
export async function medianInvalidationUs({ driver, gpus, tlbLatencyUs, rounds }: IdleMachine): Promise<number> {
  const config = { ...DEFAULT_CONFIG, scenario: "page-by-page", driver, gpus, tlbLatencyUs, cpus: 1, contexts: 1 };
  const run = new ThreadsRun(config, {
    workload: null, rounds: Infinity, seconds: Infinity, invalidations: rounds, hungTaskSeconds: 60, onProgress: () => undefined,
  });
  const { findings, hang, died } = await run.run();
  const rules = findings.flatMap((found) => Object.keys(found.violationCounts));
  if (died !== null) throw died;
  if (hang !== null || rules.length > 0) {
    throw new Error(`${driver}, ${gpus} GPUs: ${hang === null ? `violations of ${rules.join(", ")}` : "the machine hung"}; measure nothing before stress runs clean`);
  }
  return mergeLatencies(findings[0].snapshot.latencies.invalidate).getValueAtPercentile(50); // main is the only CPU
}
