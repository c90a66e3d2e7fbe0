import { availableParallelism, cpus, loadavg, release, totalmem } from "node:os";

/** What figures depend on. Plain data: it stands in the JSON. */
export interface MachineFacts {
  readonly cpu: string;
  /** Cores that this process may use. */
  readonly cores: number;
  readonly memoryBytes: number;
  readonly system: string;
  readonly node: string;
  /** Processes that ran or wanted to run, on average over the last minute. */
  readonly load: number;
}

export function machineFacts(): MachineFacts {
  return {
    cpu: cpus().at(0)?.model.trim() ?? "unknown",
    cores: availableParallelism(),
    memoryBytes: totalmem(),
    system: `${process.platform} ${release()} ${process.arch}`,
    node: process.version,
    load: loadavg()[0],
  };
}
