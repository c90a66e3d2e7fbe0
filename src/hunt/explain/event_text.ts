import { deviceEvents } from "../../device/tracepoints.ts";
import { driverEvents } from "../../driver/tracepoints.ts";
import { ACCESS_ADD, ACCESS_WRITE } from "../../machine/access_kind.ts";
import { PTE_PRESENT, PTE_SWAP, PTE_WRITE, PTE_ZERO_PAGE, ptePfn } from "../../machine/pte.ts";
import { tracepointInfo } from "../../machine/tracepoint.ts";
import { machineEvents } from "../../machine/tracepoints.ts";
import { kernelEvents } from "../../kernel/tracepoints.ts";
import { MMU_NOTIFY_NAMES, WARN_NAMES } from "../../kernel/view.ts";
import type { Names } from "./names.ts";

/** A tracepoint that was hit. */
export interface Hit {
  readonly id: number;
  readonly args: readonly number[];
}

type Sentence = (names: Names, ...args: number[]) => string;

/** Name and number of addresses and lengths among the arguments. */
const SYSCALLS: Readonly<Record<number, readonly [string, number]>> = {
  9: ["mmap", 2],
  10: ["mprotect", 2],
  11: ["munmap", 2],
  12: ["brk", 1],
  25: ["mremap", 2],
  28: ["madvise", 2],
  57: ["fork", 0],
};
const RETRY_REASONS = ["", "read_retry says so", "hmm_range_fault gave -EBUSY", "the commit gave -EAGAIN"];

/** Events that say something. Those of slabs, locks and TLB look-ups are left out: there are too many to see anything else. */
const SENTENCES = new Map<number, Sentence>([
  [kernelEvents.pageFree, (_, pfn, generation) => `frees page ${pfn} (generation ${generation})`],
  [kernelEvents.pageCopied, (_, from, to) => `copies page ${from} to page ${to}`],
  [kernelEvents.swapOut, (_, pfn, slot) => `swaps page ${pfn} out to slot ${slot}`],
  [kernelEvents.swapIn, (_, slot, pfn) => `swaps slot ${slot} in to page ${pfn}`],
  [kernelEvents.pteSet, (_, _mm, va, pte, old) => `CPU page table: ${hex(va)} ${entry(old)} -> ${entry(pte)}`],
  [kernelEvents.pteClear, (_, _mm, va, old) => `CPU page table: ${hex(va)} ${entry(old)} -> none`],
  [kernelEvents.cpuTlbFlush, (_, _mm, start, end) => `flushes the CPUs' TLBs, ${range(start, end)}`],
  [kernelEvents.cpuAccess, (_, _mm, va, pfn, kind, _word, value) => `${accessName(kind)} ${hex(va)} (page ${pfn}): ${value}`],
  [
    kernelEvents.syscallEnter,
    (_, nr, _mm, ...args) => `${syscall(nr)}(${args.slice(0, SYSCALLS[nr]?.[1]).map(hex).join(", ")}) begins`,
  ],
  [kernelEvents.syscallExit, (_, nr, _mm, result) => `${syscall(nr)} returns ${result}`],
  [kernelEvents.mmExit, (names, mm) => `${names.object(mm)} exits`],
  [kernelEvents.mmDestroy, (names, mm) => `${names.object(mm)} is destroyed`],
  [
    kernelEvents.invalidateRangeStart,
    (_, _mm, start, end, event, blockable) =>
      `invalidate_range_start ${range(start, end)} ${MMU_NOTIFY_NAMES[event] ?? event}${blockable === 0 ? ", non-blockable" : ""}`,
  ],
  [kernelEvents.invalidateOwner, (_, _range, owner) => `... on behalf of gpu${owner - 1}`],
  [
    kernelEvents.invalidateSeq,
    (_, _mm, _range, seq, hit) => `invalidate_seq is ${seq}: ${hit === 0 ? "no notifier intersects" : "notifiers intersect"}`,
  ],
  [
    kernelEvents.invalidateCall,
    (names, sub, _range, seq, twoPass) =>
      `${twoPass === 0 ? "invalidate" : "invalidate_start"} of ${names.object(sub)}, seq ${seq}`,
  ],
  [
    kernelEvents.invalidateCalled,
    (names, sub, _range, _seq, ok, finish) =>
      `... of ${names.object(sub)} returns ${ok === 0 ? "false" : "true"}${finish === 0 ? "" : ", to be finished"}`,
  ],
  [kernelEvents.invalidateFinish, (names, sub) => `invalidate_finish of ${names.object(sub)}`],
  [kernelEvents.invalidateNextPass, (names, sub) => `... of ${names.object(sub)} has another pass to follow`],
  [kernelEvents.invalidateFinished, (names, sub) => `invalidate_finish of ${names.object(sub)} returns`],
  [
    kernelEvents.invalidateRangeStarted,
    (_, _mm, start, end, _range, result) => `invalidate_range_start ${range(start, end)} returns ${result}`,
  ],
  [kernelEvents.invalidateRangeEnd, (_, _mm, start, end) => `invalidate_range_end ${range(start, end)}`],
  [kernelEvents.invalidateState, (_, _mm, seq, active) => `subscriptions: invalidate_seq ${seq}, active ranges ${active}`],
  [
    kernelEvents.hlistStartFailed,
    (_, _subscription, _range, error) => `invalidate_range_start of a classic notifier fails: ${error}`,
  ],
  [
    kernelEvents.intervalInsert,
    (names, sub, _mm, start, last, seq, deferred) =>
      `inserts ${names.object(sub)} [${hex(start)}, ${hex(last)}] seq ${seq}${deferred === 0 ? "" : ", put off"}`,
  ],
  [kernelEvents.intervalInTree, (names, sub) => `${names.object(sub)} is in the tree`],
  [kernelEvents.intervalRemove, (names, sub, deferred) => `removes ${names.object(sub)}${deferred === 0 ? "" : ", put off"}`],
  [kernelEvents.intervalOutOfTree, (names, sub) => `${names.object(sub)} is out of the tree`],
  [kernelEvents.intervalRemoved, (names, sub) => `${names.object(sub)} is removed`],
  [kernelEvents.intervalSetSeq, (names, sub, seq) => `${names.object(sub)}.invalidate_seq is ${seq} now`],
  [kernelEvents.readBeginWait, (names, sub, seq) => `read_begin of ${names.object(sub)} waits: seq ${seq} is under way`],
  [kernelEvents.readBegin, (names, sub, seq) => `read_begin of ${names.object(sub)}: seq ${seq}`],
  [
    kernelEvents.readRetry,
    (names, sub, seq, retry) => `read_retry of ${names.object(sub)}, seq ${seq}: ${retry === 0 ? "go on" : "retry"}`,
  ],
  [kernelEvents.warn, (_, what) => `WARN_ON: ${WARN_NAMES[what] ?? what}`],
  [deviceEvents.tlbFill, (_, _gpu, _vm, va, pte) => `fills its TLB: ${hex(va)} is ${entry(pte)}`],
  [
    deviceEvents.tlbFlushed,
    (_, _gpu, _asid, start, end, seqno) =>
      `has invalidated its TLB, ${end === 0 ? "all of it" : range(start, end)}, seqno ${seqno}`,
  ],
  [deviceEvents.commandDone, (_, _gpu, _op, seqno) => `answers seqno ${seqno}`],
  [deviceEvents.deviceAccess, (_, _gpu, va, pfn, kind, value) => `${accessName(kind)} ${hex(va)} (page ${pfn}): ${value}`],
  [deviceEvents.fault, (_, _gpu, _context, va, kind) => `faults: ${accessName(kind)} ${hex(va)}`],
  [deviceEvents.faultAnswered, (_, _gpu, _context, va, result) => `hears of its fault at ${hex(va)}: ${result}`],
  [deviceEvents.preempted, (_, _gpu, _context, seqno) => `stops for a preemption, seqno ${seqno}`],
  [deviceEvents.resumed, () => "is let go again"],
  [
    driverEvents.commit,
    (_, gpu, va, pte, _addr, sub, seq) =>
      `commits gpu${gpu} ${hex(va)} -> ${entry(pte)}${sub === 0 ? "" : `, read at seq ${seq}`}`,
  ],
  [driverEvents.zap, (_, gpu, va, pte) => `zaps gpu${gpu} ${hex(va)}, was ${entry(pte)}`],
  [
    driverEvents.faultRetry,
    (_, gpu, va, reason) => `begins gpu${gpu}'s fault at ${hex(va)} again: ${RETRY_REASONS[reason] ?? reason}`,
  ],
  [driverEvents.finishFallback, (_, gpu) => `no finish object for gpu${gpu}: all in the start pass`],
  [
    driverEvents.flushSubmit,
    (_, gpu, start, end, seqno) => `sends gpu${gpu} a TLB invalidation ${range(start, end)}, seqno ${seqno}`,
  ],
  [
    driverEvents.flushWaited,
    (_, gpu, seqno, error) => `has waited for gpu${gpu}'s seqno ${seqno}${error === 0 ? "" : `: error ${error}`}`,
  ],
  [driverEvents.dmaUnmap, (_, gpu, va, pfn) => `takes page ${pfn} at ${hex(va)} from gpu${gpu}`],
]);

/** Which events of the frequent kinds are told of: of locks, or of objects that come and go. */
export type Topic = "locks" | "objects" | null;

const TOPICS: Readonly<Record<"locks" | "objects", ReadonlyMap<number, Sentence>>> = {
  locks: new Map<number, Sentence>([
    [kernelEvents.lockAcquired, (names, lock, mode) => `takes ${names.object(lock)}${mode === 0 ? "" : " (read)"}`],
    [kernelEvents.lockRelease, (names, lock, mode) => `lets ${names.object(lock)}${mode === 0 ? "" : " (read)"} go`],
  ]),
  objects: new Map<number, Sentence>([
    [machineEvents.kmemAlloc, (names, _cache, object) => `allocates ${names.object(object)}`],
    [machineEvents.kmemFree, (names, _cache, object) => `frees ${names.object(object)}`],
  ]),
};

/** What happened, in the words of the kernel; null if it is not worth saying. */
export function sentenceOf(names: Names, { id, args }: Hit, topic: Topic): string | null {
  const sentence = SENTENCES.get(id) ?? (topic === null ? undefined : TOPICS[topic].get(id));
  return sentence === undefined ? null : sentence(names, ...args.slice(0, tracepointInfo(id)!.args.length));
}

function syscall(nr: number): string {
  return SYSCALLS[nr]?.[0] ?? `system call ${nr}`;
}

function accessName(kind: number): string {
  return kind === ACCESS_ADD ? "adds to" : kind === ACCESS_WRITE ? "writes" : "reads";
}

function hex(address: number): string {
  return `0x${address.toString(16)}`;
}

function range(start: number, end: number): string {
  return `[${hex(start)}, +${hex(end - start)})`;
}

/** `page 17 rw`, `swap 3`, `zero page`, `none`. */
function entry(pte: number): string {
  if ((pte & PTE_SWAP) !== 0) return `swap ${ptePfn(pte)}`;
  if ((pte & PTE_PRESENT) === 0) return "none";
  if ((pte & PTE_ZERO_PAGE) !== 0) return "zero page";
  return `page ${ptePfn(pte)} ${(pte & PTE_WRITE) === 0 ? "r" : "rw"}`;
}
