import fc, { type Scheduler } from "fast-check";
import { cpuNs } from "./cpu_time.ts";

const WARM_UP = 500;
const RUNS = 2000;

/**
 * Nanoseconds of processor time of one schedule of the lost update under fast-check's scheduler: two tasks add to one variable
 * twice, in two steps each.
 */
export async function fastCheckNs(): Promise<number> {
  await lostUpdates(WARM_UP);
  const startNs = cpuNs();
  await lostUpdates(RUNS);
  return (cpuNs() - startNs) / RUNS;
}

async function lostUpdates(numRuns: number): Promise<void> {
  await fc.assert(fc.asyncProperty(fc.scheduler(), lostUpdate), { numRuns, seed: 1 });
}

/** Each access waits for the scheduler; the sum is not asserted, so that every run goes to its end. */
async function lostUpdate(scheduler: Scheduler): Promise<void> {
  let x = 0;
  const task = async () => {
    for (let round = 0; round < 2; round++) {
      const read = await scheduler.schedule(Promise.resolve()).then(() => x);
      await scheduler.schedule(Promise.resolve()).then(() => {
        x = read + 1;
      });
    }
  };
  const tasks = [task(), task()];
  await scheduler.waitAll();
  await Promise.all(tasks);
}
