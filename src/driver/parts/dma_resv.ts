import { fetchAdd, loadAcquire, storeRelease } from "../../machine/access.ts";
import { futexWait, futexWake } from "../../machine/futex.ts";
import type { Run } from "../../machine/step.ts";
import { array, element, struct, u32, type Ptr } from "../../machine/struct.ts";
import type { Task } from "../../machine/task.ts";
import { trace } from "../../machine/tracepoint.ts";
import { driverEvents } from "../tracepoints.ts";

/**
 * The fences that an address space has to wait for, all of them for bookkeeping (DMA_RESV_USAGE_BOOKKEEP). Each source of
 * fences has a line: it numbers them from 1 and completes them in order, as hardware does that writes a sequence number to
 * memory. Whoever waits remembers a number, so that no fence has to be kept alive for it.
 */
export const FenceLine = struct("fence_line", { emitted: u32, completed: u32 });

/** Sources of fences: one for jobs that write page tables, and one for each context of a GPU. */
export const RESV_LINES = 9;
export const DmaResv = struct("dma_resv", { lines: array(FenceLine, RESV_LINES) });

export function resvLine(resv: Ptr<"dma_resv">, index: number): Ptr<"fence_line"> {
  return element(resv, DmaResv.lines, FenceLine, index);
}

/** Add a fence to a line; its number. The caller holds the lock under which others look for fences to wait for. */
export function* emitFence(task: Task, line: Ptr<"fence_line">): Run<number> {
  return (yield* fetchAdd(task, line, FenceLine.emitted, 1)) + 1;
}

/** Number of the latest fence of a line; 0 if it never had one. */
export function latestFence(task: Task, line: Ptr<"fence_line">): Run<number> {
  return loadAcquire(task, line, FenceLine.emitted);
}

/** The work before fence `seqno` is done. */
export function* signalFence(task: Task, line: Ptr<"fence_line">, seqno: number): Run<void> {
  yield* storeRelease(task, line, FenceLine.completed, seqno);
  yield* futexWake(task, line, FenceLine.completed);
}

export function* isFenceSignaled(task: Task, line: Ptr<"fence_line">, seqno: number): Run<boolean> {
  return isPast(yield* loadAcquire(task, line, FenceLine.completed), seqno);
}

export function* waitForFence(task: Task, line: Ptr<"fence_line">, seqno: number): Run<void> {
  trace(task, driverEvents.fenceWait);
  for (;;) {
    const completed = yield* loadAcquire(task, line, FenceLine.completed);
    if (isPast(completed, seqno)) return;
    yield* futexWait(task, line, FenceLine.completed, completed);
  }
}

/** Numbers wrap at 2^32. */
function isPast(completed: number, seqno: number): boolean {
  return ((completed - seqno) | 0) >= 0;
}
