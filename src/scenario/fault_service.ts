import { readOnce } from "../machine/access.ts";
import { futexWait } from "../machine/futex.ts";
import type { Run } from "../machine/step.ts";
import { answerFault, takeFault } from "../device/fault_buffer.ts";
import { FaultLine } from "../device/gpu.ts";
import type { Current } from "../kernel/current.ts";
import type { Stage } from "./stage.ts";

/** What of a stage fault service needs. */
type FaultStage = Pick<Stage, "gpus" | "driver" | "faultLine">;

/** Serve every fault that waits now, on this CPU; false if there was none. */
export function* serveFaults(current: Current, stage: FaultStage): Run<boolean> {
  let served = false;
  for (const gpu of stage.gpus) {
    for (;;) {
      const fault = yield* takeFault(current, gpu);
      if (fault === null) break;
      const result = yield* stage.driver.handleFault(current, { gpu, vm: fault.vm, va: fault.va, kind: fault.kind });
      yield* answerFault(current, gpu, fault.slot, result);
      served = true;
    }
  }
  return served;
}

/** The number of faults so far: what {@link awaitFault} compares with. Read it before looking for faults. */
export function* faultCount(current: Current, stage: FaultStage): Run<number> {
  return yield* readOnce(current, stage.faultLine, FaultLine.count);
}

/** Sleep until there are more faults than `count`, at most until `deadlineUs` (absolute). */
export function* awaitFault(current: Current, stage: FaultStage, count: number, deadlineUs: number): Run<void> {
  yield* futexWait(current, stage.faultLine, FaultLine.count, count, deadlineUs);
}
