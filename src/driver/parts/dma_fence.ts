import { init, loadAcquire, read, storeRelease, write } from "../../machine/access.ts";
import { futexWait, futexWake } from "../../machine/futex.ts";
import { TIMED_OUT, type Run } from "../../machine/step.ts";
import { NULL, struct, u32, type Ptr } from "../../machine/struct.ts";
import type { Task } from "../../machine/task.ts";
import { trace } from "../../machine/tracepoint.ts";
import { mmuIntervalPassReady } from "../../kernel/mmu_notifier/pass_ready.ts";
import { driverEvents } from "../tracepoints.ts";

/**
 * A fence: signaled once, by the one party that took it off its list, never reset while anybody can see it. There is no
 * reference count (RULES 72): whoever embeds a fence keeps it in memory until it is signaled.
 */
export const DmaFence = struct("dma_fence", {
  state: u32,
  error: u32,
  /**
   * The pass of an invalidation that is ready once the fence is signaled, or NULL. Set before anybody else knows the fence;
   * told once.
   */
  pass: u32,
});

const PENDING = 0;
const SIGNALED = 1;

/** A fence that nobody else knows of yet becomes pending. */
export function dmaFenceInit(task: Task, fence: Ptr<"dma_fence">): void {
  init(task, fence, DmaFence.state, PENDING);
  init(task, fence, DmaFence.error, 0);
}

/** Signal, with 0 or a negative error. The fence may be gone as soon as its state is written: only a wake-up follows. */
export function* dmaFenceSignal(task: Task, fence: Ptr<"dma_fence">, error = 0): Run<void> {
  const pass = task.words[fence + DmaFence.pass] as Ptr<"mmu_interval_notifier_pass">; // no step: only who signals looks at it
  init(task, fence, DmaFence.pass, NULL);
  if (error !== 0) yield* write(task, fence, DmaFence.error, error);
  yield* storeRelease(task, fence, DmaFence.state, SIGNALED);
  yield* futexWake(task, fence, DmaFence.state);
  if (pass !== NULL) yield* mmuIntervalPassReady(task, pass);
}

export function* dmaFenceIsSignaled(task: Task, fence: Ptr<"dma_fence">): Run<boolean> {
  return (yield* loadAcquire(task, fence, DmaFence.state)) === SIGNALED;
}

/** Sleep until the fence is signaled; false if `deadlineUs` (absolute) passed first. */
export function* dmaFenceWait(task: Task, fence: Ptr<"dma_fence">, deadlineUs = Infinity): Run<boolean> {
  trace(task, driverEvents.fenceWait);
  while (!(yield* dmaFenceIsSignaled(task, fence))) {
    const answer = yield* futexWait(task, fence, DmaFence.state, PENDING, deadlineUs);
    if (answer === TIMED_OUT) return yield* dmaFenceIsSignaled(task, fence);
  }
  return true;
}

/** Error of a signaled fence: 0 or negative. */
export function dmaFenceError(task: Task, fence: Ptr<"dma_fence">): Run<number> {
  return read(task, fence, DmaFence.error);
}
