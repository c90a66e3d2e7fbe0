import { AbortError } from "../executor/threads/abort.ts";
import { CpuRunner } from "../executor/threads/cpu_runner.ts";
import { GpuRunner } from "../executor/threads/gpu_runner.ts";
import { findingsOf, type Findings } from "./findings.ts";
import { Processor, type Orders } from "./processor.ts";
import { cpuTaskBody, gpuTaskBodies } from "./task_bodies.ts";

/** What main asks of a worker over its control port. */
export interface WorkerApi {
  /** Be this processor until the machine halts or is aborted; what its oracles and counters have to say. */
  run(): Findings;
}

/** CPU `orders.thread`. */
export function cpuWorker(orders: Orders): WorkerApi {
  const processor = new Processor(orders);
  const { hardware, host } = processor.host(orders.memory, orders.bootNs, -1);
  const { task, body } = cpuTaskBody(processor.world, orders.thread, hardware);
  const runner = new CpuRunner(host, task, orders.config.seed);
  return { run: () => untilHalt(processor, () => runner.run(body)) };
}

/** GPU `orders.thread - config.cpus`. */
export function gpuWorker(orders: Orders): WorkerApi {
  const { config } = orders;
  const gpu = orders.thread - config.cpus;
  const processor = new Processor(orders);
  const { hardware, host } = processor.host(orders.memory, orders.bootNs, gpu);
  const runner = new GpuRunner(host, config.seed);
  for (const { task, body } of gpuTaskBodies(processor.world, gpu, hardware)) runner.add(task, body);
  return { run: () => untilHalt(processor, () => runner.run()) };
}

/** An aborted machine has still something to report; any other error is the worker's end. */
function untilHalt(processor: Processor, body: () => void): Findings {
  try {
    body();
  } catch (error) {
    if (!(error instanceof AbortError)) throw error;
  }
  return findingsOf(processor.oracles);
}
