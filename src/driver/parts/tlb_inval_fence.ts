import { init, initAddr, read, readAddr, readOnce, readPtr, write, writeOnce } from "../../machine/access.ts";
import type { Run } from "../../machine/step.ts";
import { embedded, NULL, struct, u32, u64, type Ptr } from "../../machine/struct.ts";
import type { Task } from "../../machine/task.ts";
import { DmaFence, dmaFenceInit } from "./dma_fence.ts";
import { tlbInvalSeqnoPast } from "./tlb_inval_seqno.ts";

/** What there is to know of the invalidation of one TLB. */
const OF_ONE_TLB = {
  fence: DmaFence,
  seqno: u32,
  next: u32,
  /** When it was put on the list, in microseconds. */
  sentUs: u64,
} as const;

/**
 * A TLB invalidation as its waiter knows it: a batch of fences, one for each TLB of the GPU. Lives on the waiter's stack or in
 * its finish object, never longer (RULES 72). The first TLB's fence is the batch itself, and its number that of the batch.
 */
export const TlbInvalFence = struct("tlb_inval_fence", { ...OF_ONE_TLB, media: struct("tlb_inval_fence", OF_ONE_TLB) });

/** The fence for TLB `domain`. */
export function fenceOf(batch: Ptr<"tlb_inval_fence">, domain: number): Ptr<"tlb_inval_fence"> {
  return domain === 0 ? batch : embedded(batch, TlbInvalFence.media);
}

/** Pending fences in the order of their numbers. The caller holds the lock that guards them. */
export const PendingFences = struct("pending_fences", { first: u32 });

/** A fence that nobody else knows of yet becomes pending, for invalidation `seqno`. */
export function initTlbInvalFence(task: Task, fence: Ptr<"tlb_inval_fence">, seqno: number): void {
  dmaFenceInit(task, embedded(fence, TlbInvalFence.fence));
  init(task, fence, TlbInvalFence.seqno, seqno);
  initAddr(task, fence, TlbInvalFence.sentUs, Math.floor(task.nowUs()));
}

/** Put a fence behind all whose number is not greater. */
export function* insertPending(task: Task, list: Ptr<"pending_fences">, fence: Ptr<"tlb_inval_fence">): Run<void> {
  const seqno = yield* read(task, fence, TlbInvalFence.seqno);
  let former = NULL as Ptr<"tlb_inval_fence">;
  let next = yield* firstPending(task, list);
  while (next !== NULL && tlbInvalSeqnoPast(seqno, yield* read(task, next, TlbInvalFence.seqno))) {
    former = next;
    next = yield* nextPending(task, next);
  }
  yield* write(task, fence, TlbInvalFence.next, next);
  yield* setNext(task, list, former, fence);
}

/** Take the first fence off the list if an answer to `received` answers it too; else NULL. */
export function* takeAnswered(task: Task, list: Ptr<"pending_fences">, received: number): Run<Ptr<"tlb_inval_fence">> {
  const first = yield* firstPending(task, list);
  if (first === NULL) return NULL;
  if (!tlbInvalSeqnoPast(received, yield* read(task, first, TlbInvalFence.seqno))) return NULL;
  yield* setNext(task, list, NULL, yield* nextPending(task, first));
  return first;
}

/** Take a fence off the list that was put on it at `sinceUs` or before; NULL if there is none. */
export function* takeExpired(task: Task, list: Ptr<"pending_fences">, sinceUs: number): Run<Ptr<"tlb_inval_fence">> {
  let former = NULL as Ptr<"tlb_inval_fence">;
  let fence = yield* firstPending(task, list);
  while (fence !== NULL && (yield* readAddr(task, fence, TlbInvalFence.sentUs)) > sinceUs) {
    former = fence;
    fence = yield* nextPending(task, fence);
  }
  if (fence !== NULL) yield* setNext(task, list, former, yield* nextPending(task, fence));
  return fence;
}

/** Is the list empty? Also without the lock: then only a hint. */
export function* nonePending(task: Task, list: Ptr<"pending_fences">): Run<boolean> {
  return (yield* readOnce(task, list, PendingFences.first)) === NULL;
}

function firstPending(task: Task, list: Ptr<"pending_fences">): Run<Ptr<"tlb_inval_fence">> {
  return readPtr(task, list, PendingFences.first);
}

function nextPending(task: Task, fence: Ptr<"tlb_inval_fence">): Run<Ptr<"tlb_inval_fence">> {
  return readPtr(task, fence, TlbInvalFence.next);
}

function* setNext(
  task: Task,
  list: Ptr<"pending_fences">,
  former: Ptr<"tlb_inval_fence">,
  next: Ptr<"tlb_inval_fence">,
): Run<void> {
  if (former === NULL) yield* writeOnce(task, list, PendingFences.first, next);
  else yield* write(task, former, TlbInvalFence.next, next);
}
