import type { SizeEstimate } from "../../executor/explorer/measure/size_estimate.ts";
import type { ParallelHunt } from "./parallel.ts";

/** How much there is to explore in all of these together; null as long as that is not known of each. */
export function sizeOfAll(hunts: readonly Pick<ParallelHunt, "statistics" | "estimate" | "isOver">[]): SizeEstimate | null {
  let executions = 0;
  let run = 0;
  for (const {
    statistics: { schedules },
    estimate,
    isOver,
  } of hunts) {
    if (!isOver && estimate === null) return null;
    executions += isOver ? schedules : estimate!.executions;
    run += schedules;
  }
  return { executions, done: run / executions };
}
