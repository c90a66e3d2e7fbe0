import { kernelEvents } from "../kernel/tracepoints.ts";
import { MMU_NOTIFY_NAMES, WARN_NAMES } from "../kernel/view.ts";
import { accessVerb, hex, ptePhrase, startAndSize } from "./format.ts";
import { sentences } from "./sentence.ts";

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

export const KERNEL_WORDS = sentences(kernelEvents, {
  pageFree: (_, pfn, generation) => `frees page ${pfn} (generation ${generation})`,
  pageCopied: (_, from, to) => `copies page ${from} to page ${to}`,
  swapOut: (_, pfn, slot) => `swaps page ${pfn} out to slot ${slot}`,
  swapIn: (_, slot, pfn) => `swaps slot ${slot} in to page ${pfn}`,
  pteSet: (_, _mm, va, pte, old) => `CPU page table: ${hex(va)} ${ptePhrase(old)} -> ${ptePhrase(pte)}`,
  pteClear: (_, _mm, va, old) => `CPU page table: ${hex(va)} ${ptePhrase(old)} -> none`,
  cpuTlbFlush: (_, _mm, start, end) => `flushes the CPUs' TLBs, ${startAndSize(start, end)}`,
  cpuAccess: (_, _mm, va, pfn, kind, _word, value) => `${accessVerb(kind)} ${hex(va)} (page ${pfn}): ${value}`,
  syscallEnter: (_, nr, _mm, ...args) => `${syscall(nr)}(${args.slice(0, SYSCALLS[nr]?.[1]).map(hex).join(", ")}) begins`,
  syscallExit: (_, nr, _mm, result) => `${syscall(nr)} returns ${result}`,
  mmExit: (nameOf, mm) => `${nameOf(mm)} exits`,
  mmDestroy: (nameOf, mm) => `${nameOf(mm)} is destroyed`,
  invalidateRangeStart: (_, _mm, start, end, event, blockable) =>
    `invalidate_range_start ${startAndSize(start, end)} ` +
    `${MMU_NOTIFY_NAMES[event] ?? event}${blockable === 0 ? ", non-blockable" : ""}`,
  invalidateOwner: (_, _range, owner) => `... on behalf of gpu${owner - 1}`,
  invalidateSeq: (_, _mm, _range, seq, hit) =>
    `invalidate_seq is ${seq}: ${hit === 0 ? "no notifier intersects" : "notifiers intersect"}`,
  invalidateCall: (nameOf, sub, _range, seq, twoPass) =>
    `${twoPass === 0 ? "invalidate" : "invalidate_start"} of ${nameOf(sub)}, seq ${seq}`,
  invalidateCalled: (nameOf, sub, _range, _seq, ok, finish) =>
    `... of ${nameOf(sub)} returns ${ok === 0 ? "false" : "true"}${finish === 0 ? "" : ", to be finished"}`,
  invalidateFinish: (nameOf, sub) => `invalidate_finish of ${nameOf(sub)}`,
  invalidateNextPass: (nameOf, sub) => `... of ${nameOf(sub)} has another pass to follow`,
  invalidateFinished: (nameOf, sub) => `invalidate_finish of ${nameOf(sub)} returns`,
  invalidateRangeStarted: (_, _mm, start, end, _range, result) =>
    `invalidate_range_start ${startAndSize(start, end)} returns ${result}`,
  invalidateRangeEnd: (_, _mm, start, end) => `invalidate_range_end ${startAndSize(start, end)}`,
  invalidateState: (_, _mm, seq, active) => `subscriptions: invalidate_seq ${seq}, active ranges ${active}`,
  hlistStartFailed: (_, _subscription, _range, error) => `invalidate_range_start of a classic notifier fails: ${error}`,
  intervalInsert: (nameOf, sub, _mm, start, last, seq, deferred) =>
    `inserts ${nameOf(sub)} [${hex(start)}, ${hex(last)}] seq ${seq}${deferred === 0 ? "" : ", put off"}`,
  intervalInTree: (nameOf, sub) => `${nameOf(sub)} is in the tree`,
  intervalRemove: (nameOf, sub, deferred) => `removes ${nameOf(sub)}${deferred === 0 ? "" : ", put off"}`,
  intervalOutOfTree: (nameOf, sub) => `${nameOf(sub)} is out of the tree`,
  intervalRemoved: (nameOf, sub) => `${nameOf(sub)} is removed`,
  intervalSetSeq: (nameOf, sub, seq) => `${nameOf(sub)}.invalidate_seq is ${seq} now`,
  readBeginWait: (nameOf, sub, seq) => `read_begin of ${nameOf(sub)} waits: seq ${seq} is under way`,
  readBegin: (nameOf, sub, seq) => `read_begin of ${nameOf(sub)}: seq ${seq}`,
  readRetry: (nameOf, sub, seq, retry) => `read_retry of ${nameOf(sub)}, seq ${seq}: ${retry === 0 ? "go on" : "retry"}`,
  warn: (_, what) => `WARN_ON: ${WARN_NAMES[what] ?? what}`,
  lockAcquired: (nameOf, lock, mode) => `takes ${nameOf(lock)}${mode === 0 ? "" : " (read)"}`,
  lockRelease: (nameOf, lock, mode) => `unlocks ${nameOf(lock)}${mode === 0 ? "" : " (read)"}`,
});

function syscall(nr: number): string {
  return SYSCALLS[nr]?.[0] ?? `system call ${nr}`;
}
