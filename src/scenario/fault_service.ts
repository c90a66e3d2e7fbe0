import { answerFault, takeFault } from "../device/fault_buffer.ts";
import type { Current } from "../kernel/current.ts";
import type { Run } from "../machine/step.ts";
import type { Stage } from "./stage.ts";

/** Serve every fault that waits now, on this CPU; false if there was none. */
export function* serveFaults(current: Current, stage: Stage): Run<boolean> {
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
