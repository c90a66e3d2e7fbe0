import { cmpxchg, loadAcquire, xchg } from "../machine/access.ts";
import { futexWait, futexWake } from "../machine/futex.ts";
import type { Run } from "../machine/step.ts";
import type { Ptr } from "../machine/struct.ts";
import type { Task } from "../machine/task.ts";
import { GpuContext, type Gpu } from "./gpu.ts";

/**
 * Accesses in flight, from before the look-up in the TLB until memory was touched, one a context. A flush takes the entries
 * away first and looks here second: an access that it finds may have got its translation before, one that it does not
 * find starts after it.
 */

const NONE = 0;
const IN_FLIGHT = 1;
/** In flight, and the engine sleeps until it has landed. */
const AWAITED = 2;

export function* beginAccess(task: Task, context: Ptr<"gpu_context">): Run<void> {
  yield* xchg(task, context, GpuContext.inFlight, IN_FLIGHT); // a full barrier: said before the TLB is looked at
}

export function* endAccess(task: Task, context: Ptr<"gpu_context">): Run<void> {
  if ((yield* xchg(task, context, GpuContext.inFlight, NONE)) === AWAITED) {
    yield* futexWake(task, context, GpuContext.inFlight);
  }
}

/** Wait until every access that is in flight now, and looks into TLB `domain`, has landed. Only the engine waits. */
export function* drainAccesses(task: Task, gpu: Gpu, domain: number): Run<void> {
  for (const [index, context] of gpu.contexts.entries()) {
    if (gpu.tlbDomainOf(index) !== domain) continue;
    if ((yield* cmpxchg(task, context, GpuContext.inFlight, IN_FLIGHT, AWAITED)) !== IN_FLIGHT) continue;
    while ((yield* loadAcquire(task, context, GpuContext.inFlight)) === AWAITED) {
      // what landed comes before what the engine does next
      yield* futexWait(task, context, GpuContext.inFlight, AWAITED);
    }
  }
}
