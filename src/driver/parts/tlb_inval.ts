import { read, readAddr, write, writeOnce } from "../../machine/access.ts";
import { sleepUntil } from "../../machine/futex.ts";
import type { Layout } from "../../machine/layout.ts";
import type { Run } from "../../machine/step.ts";
import { embedded, NULL, struct, u32, type Ptr } from "../../machine/struct.ts";
import type { Task } from "../../machine/task.ts";
import { trace } from "../../machine/tracepoint.ts";
import { sendCommand } from "../../device/command_ring.ts";
import { CMD_TLB_INVAL_ALL, CMD_TLB_INVAL_RANGE, RING_ENTRIES, type Gpu } from "../../device/gpu.ts";
import { typicalUs } from "../../device/latency.ts";
import { ETIME } from "../../kernel/errno.ts";
import { Mutex, mutexLock, mutexUnlock } from "../../kernel/locking/mutex.ts";
import { Spinlock, spinLock, spinUnlock } from "../../kernel/locking/spinlock.ts";
import { dmaFenceError, dmaFenceSignal, dmaFenceWait } from "./dma_fence.ts";
import {
  fenceOf,
  initTlbInvalFence,
  insertPending,
  nonePending,
  PendingFences,
  takeAnswered,
  takeExpired,
  TlbInvalFence,
} from "./tlb_inval_fence.ts";
import { tlbInvalRange } from "./tlb_inval_range.ts";
import { nextTlbInvalSeqno, tlbInvalSeqnoPast } from "./tlb_inval_seqno.ts";
import { driverEvents } from "../tracepoints.ts";

/**
 * The front end of a GPU's TLB invalidation (RULES 67 to 73), shared by all designs: numbers the requests, sends them, and
 * signals their fences when the GPU answers or the time is up.
 *
 * It relies on firmware that answers in order: an answer signals every fence up to its number (RULES 69).
 *
 * A GPU with two TLBs gets a request for each, and is done when both are (RULES 72). The first TLB's is sent last, so that its
 * number, which is the batch's, stands for both.
 */
export const TlbInvalState = struct("tlb_inval", {
  /** Covers numbering, queueing and sending, so that numbers reach the ring in order. Outside `pendingLock`. */
  seqnoLock: Mutex,
  /** Last number given out. */
  seqno: u32,
  /** Guards what follows; also taken in interrupts. */
  pendingLock: Spinlock,
  pending: PendingFences,
  /** Last number answered. */
  seqnoRecv: u32,
});

/** A quarter of a second, in microseconds. */
export const BASE_TIMEOUT_US = 250_000;
/** Between two looks at a full ring. */
const RING_POLL_US = 20;

/** One GPU's front end: addresses, no state. */
export class TlbInval {
  readonly gpu: Gpu;
  readonly state: Ptr<"tlb_inval">;
  /** How long a fence may be pending: the base plus twice what a full ring takes (RULES 70). */
  readonly timeoutUs: number;

  constructor(layout: Layout, gpu: Gpu) {
    this.gpu = gpu;
    this.state = layout.place(TlbInvalState, `${gpu.name}.tlb_inval`);
    this.timeoutUs = BASE_TIMEOUT_US + 2 * RING_ENTRIES * typicalUs(gpu.config.tlbLatencyUs);
  }
}

/** Send the invalidation of at least [start, end) of `asid`; `fence` is signaled when it is done. Its number. */
export function tlbInvalIssueRange(
  task: Task,
  inval: TlbInval,
  fence: Ptr<"tlb_inval_fence">,
  asid: number,
  start: number,
  end: number,
): Run<number> {
  const range = tlbInvalRange(start, end);
  return issue(task, inval, fence, CMD_TLB_INVAL_RANGE, asid, range.start, range.end);
}

/** Send the invalidation of everything of `asid`. Its number. */
export function tlbInvalIssueAll(task: Task, inval: TlbInval, fence: Ptr<"tlb_inval_fence">, asid: number): Run<number> {
  return issue(task, inval, fence, CMD_TLB_INVAL_ALL, asid, 0, 0);
}

/** `batch` NULL: nobody waits for it. */
function* issue(
  task: Task,
  inval: TlbInval,
  batch: Ptr<"tlb_inval_fence">,
  op: number,
  asid: number,
  start: number,
  end: number,
): Run<number> {
  const { gpu, state } = inval;
  let seqno = 0;
  yield* mutexLock(task, embedded(state, TlbInvalState.seqnoLock));
  for (let tlbDomain = gpu.tlbs.length - 1; tlbDomain >= 0; tlbDomain--) {
    seqno = nextTlbInvalSeqno(yield* read(task, state, TlbInvalState.seqno));
    yield* write(task, state, TlbInvalState.seqno, seqno);
    // Queued before it is sent: the answer may come before sendCommand returns (RULES 67).
    if (batch !== NULL) yield* queueFence(task, inval, fenceOf(batch, tlbDomain), seqno);
    trace(task, driverEvents.flushSubmit, gpu.index, start, end, seqno);
    while (!(yield* sendCommand(task, gpu, { op, seqno, asid, start, end, tlbDomain }))) {
      yield* sleepUntil(task, task.nowUs() + RING_POLL_US);
    }
  }
  yield* mutexUnlock(task, embedded(state, TlbInvalState.seqnoLock));
  return seqno;
}

function* queueFence(task: Task, inval: TlbInval, fence: Ptr<"tlb_inval_fence">, seqno: number): Run<void> {
  const { gpu, state } = inval;
  initTlbInvalFence(task, fence, seqno);
  yield* spinLock(task, embedded(state, TlbInvalState.pendingLock));
  yield* insertPending(task, embedded(state, TlbInvalState.pending), fence);
  trace(task, driverEvents.flushPending, gpu.index, seqno);
  yield* spinUnlock(task, embedded(state, TlbInvalState.pendingLock));
}

/** Let `batch` be signaled together with invalidation `seqno`, which somebody else sent. */
export function* tlbInvalJoin(task: Task, inval: TlbInval, batch: Ptr<"tlb_inval_fence">, seqno: number): Run<void> {
  for (const domain of inval.gpu.tlbs.keys()) yield* joinFence(task, inval, fenceOf(batch, domain), seqno);
}

function* joinFence(task: Task, inval: TlbInval, fence: Ptr<"tlb_inval_fence">, seqno: number): Run<void> {
  const { gpu, state } = inval;
  initTlbInvalFence(task, fence, seqno);
  yield* spinLock(task, embedded(state, TlbInvalState.pendingLock));
  if (tlbInvalSeqnoPast(yield* read(task, state, TlbInvalState.seqnoRecv), seqno)) {
    yield* dmaFenceSignal(task, embedded(fence, TlbInvalFence.fence));
  } else {
    yield* insertPending(task, embedded(state, TlbInvalState.pending), fence);
    trace(task, driverEvents.flushPending, gpu.index, seqno);
  }
  yield* spinUnlock(task, embedded(state, TlbInvalState.pendingLock));
}

/** Interrupt: the GPU answered `seqno`. Signals everything up to it, in order (RULES 69). */
export function* tlbInvalDone(task: Task, inval: TlbInval, seqno: number): Run<void> {
  const { gpu, state } = inval;
  trace(task, driverEvents.fenceSignallingBegin);
  yield* spinLock(task, embedded(state, TlbInvalState.pendingLock));
  const isNews = !tlbInvalSeqnoPast(yield* read(task, state, TlbInvalState.seqnoRecv), seqno);
  if (isNews) {
    yield* writeOnce(task, state, TlbInvalState.seqnoRecv, seqno);
    trace(task, driverEvents.flushAnswered, gpu.index, seqno);
    for (;;) {
      const fence = yield* takeAnswered(task, embedded(state, TlbInvalState.pending), seqno);
      if (fence === NULL) break;
      yield* dmaFenceSignal(task, embedded(fence, TlbInvalFence.fence));
    }
  }
  yield* spinUnlock(task, embedded(state, TlbInvalState.pendingLock));
  trace(task, driverEvents.fenceSignallingEnd);
}

/**
 * Wait for an invalidation: 0, or -ETIME if its answer did not come in time. -ETIME says nothing about the TLB: a
 * caller that takes it for a flush leaves stale translations behind (RULES 70).
 */
export function* tlbInvalWait(task: Task, inval: TlbInval, batch: Ptr<"tlb_inval_fence">): Run<number> {
  let error = 0;
  for (const domain of inval.gpu.tlbs.keys()) {
    const failed = yield* waitForFence(task, inval, fenceOf(batch, domain));
    if (failed !== 0) error = failed;
  }
  return error;
}

function* waitForFence(task: Task, inval: TlbInval, fence: Ptr<"tlb_inval_fence">): Run<number> {
  const sinceUs = task.nowUs();
  const deadlineUs = (yield* readAddr(task, fence, TlbInvalFence.sentUs)) + inval.timeoutUs;
  while (!(yield* dmaFenceWait(task, embedded(fence, TlbInvalFence.fence), deadlineUs))) {
    yield* tlbInvalTimeout(task, inval);
  }
  const error = yield* dmaFenceError(task, embedded(fence, TlbInvalFence.fence));
  const seqno = yield* read(task, fence, TlbInvalFence.seqno);
  trace(task, driverEvents.flushWaited, inval.gpu.index, seqno, error, Math.round(task.nowUs() - sinceUs));
  return error;
}

/** Give up on every invalidation that is pending for too long: -ETIME, and signaled (RULES 70). False if there was none. */
export function* tlbInvalTimeout(task: Task, inval: TlbInval): Run<boolean> {
  const { state } = inval;
  if (yield* nonePending(task, embedded(state, TlbInvalState.pending))) return false;
  const sinceUs = task.nowUs() - inval.timeoutUs;
  let any = false;
  trace(task, driverEvents.fenceSignallingBegin);
  yield* spinLock(task, embedded(state, TlbInvalState.pendingLock));
  for (;;) {
    const fence = yield* takeExpired(task, embedded(state, TlbInvalState.pending), sinceUs);
    if (fence === NULL) break;
    yield* dmaFenceSignal(task, embedded(fence, TlbInvalFence.fence), ETIME);
    any = true;
  }
  yield* spinUnlock(task, embedded(state, TlbInvalState.pendingLock));
  trace(task, driverEvents.fenceSignallingEnd);
  return any;
}

/**
 * Wait until the TLB really holds nothing of what was to be invalidated. An invalidation that is not answered in time is
 * followed by one of everything, as often as it takes; an answer to any of them will do, also a late one to the first,
 * since answers come in order. Firmware that never answers again hangs the caller, which a watchdog finds; returning
 * would let the GPU work on freed pages, which nobody finds.
 */
export function* tlbInvalWaitFlushed(task: Task, inval: TlbInval, fence: Ptr<"tlb_inval_fence">, asid: number): Run<void> {
  while ((yield* tlbInvalWait(task, inval, fence)) !== 0) {
    const seqno = yield* read(task, fence, TlbInvalFence.seqno);
    yield* tlbInvalIssueAll(task, inval, NULL, asid);
    yield* tlbInvalJoin(task, inval, fence, seqno);
  }
}
