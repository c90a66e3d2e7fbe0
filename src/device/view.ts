import { peekAddr } from "../machine/access.ts";
import { PAGE_SIZE, ptePfn } from "../machine/pte.ts";
import { commandAt, isTlbInvalidation } from "./command_ring.ts";
import {
  CMD_TLB_INVAL_ALL, COMMAND_DONE, CONTEXT_RUNNING, FAULT_NONE, GpuCommand, GpuContext, GpuFaultEntry, GpuRegisters, type Gpu,
} from "./gpu.ts";
import { entryAsid, entryVa, L1_ENTRIES, L2_ENTRIES, Tlb, TlbEntry } from "./tlb.ts";

export { isTlbInvalidation } from "./command_ring.ts";

/** A GPU looked at from outside, without a step, while it runs: for oracles and reports. */

/** What a TLB entry holds. */
export interface TlbEntryView {
  readonly asid: number;
  /** First byte of the page. */
  readonly va: number;
  readonly pte: number;
  /** Number of the translation, as in `tlb_fill` and `device_access`. */
  readonly stamp: number;
}

/** Entry at word `entry`, or null if it is invalid just now. */
export function tlbEntryAt(words: Int32Array, entry: number): TlbEntryView | null {
  for (;;) {
    const stamp = Atomics.load(words, entry + TlbEntry.stamp);
    if (stamp === 0) return null;
    const seen = { asid: entryAsid(words, entry), va: entryVa(words, entry), pte: words[entry + TlbEntry.pte], stamp };
    if (Atomics.load(words, entry + TlbEntry.stamp) === stamp) return seen;
  }
}

/**
 * Address of a valid TLB entry of `asid` for a page that touches [start, end), to frame `pfn` unless that is -1, or 0. Entries
 * that come later may be missed.
 */
export function coveringTlbEntry(words: Int32Array, gpu: Gpu, asid: number, start: number, end: number, pfn = -1): number {
  return coveringIn(words, gpu.tlb + Tlb.l1, L1_ENTRIES, asid, start, end, pfn)
    || coveringIn(words, gpu.tlb + Tlb.l2, L2_ENTRIES, asid, start, end, pfn);
}

/** Seqno and state of a TLB invalidation on the ring. */
export interface InvalidationView {
  readonly seqno: number;
  /** COMMAND_* */
  readonly phase: number;
}

/** The oldest TLB invalidation of `asid` that touches [start, end), was sent and is not yet answered; null if there is none. */
export function pendingInvalidation(words: Int32Array, gpu: Gpu, asid: number, start: number, end: number): InvalidationView | null {
  const tail = Atomics.load(words, gpu.regs + GpuRegisters.tail);
  for (let position = Atomics.load(words, gpu.regs + GpuRegisters.head); position !== tail; position = (position + 1) | 0) {
    const seen = invalidationAt(words, commandAt(gpu, position), asid, start, end);
    // A place that was retired while we looked may hold a later request by now: what we saw may be a mix of both.
    if (seen !== null && ((position - Atomics.load(words, gpu.regs + GpuRegisters.head)) | 0) >= 0) return seen;
  }
  return null;
}

/** Does context `index` wait for the answer to a fault? */
export function hasFault(words: Int32Array, gpu: Gpu, index: number): boolean {
  return Atomics.load(words, gpu.contexts[index] + GpuContext.fault + GpuFaultEntry.state) !== FAULT_NONE;
}

/** May context `index` have an access in flight or start one? */
export function isContextRunning(words: Int32Array, gpu: Gpu, index: number): boolean {
  return Atomics.load(words, gpu.contexts[index] + GpuContext.state) === CONTEXT_RUNNING;
}

/** Sums over the contexts of a GPU since it was switched on, modulo 2^32. */
export interface GpuCounters {
  readonly accesses: number;
  readonly faults: number;
  /** Accesses given up. */
  readonly errors: number;
  /** Translations that the walkers filled in. */
  readonly fills: number;
  /** TLB flushes carried out. */
  readonly flushes: number;
}

export function gpuCounters(words: Int32Array, gpu: Gpu): GpuCounters {
  const sum = (field: number) => gpu.contexts.reduce((total, context) => (total + words[context + field]) >>> 0, 0);
  return {
    accesses: sum(GpuContext.accesses),
    faults: sum(GpuContext.faults),
    errors: sum(GpuContext.errors),
    fills: words[gpu.tlb + Tlb.lastStamp] >>> 0,
    flushes: words[gpu.tlb + Tlb.epoch] >>> 0,
  };
}

function coveringIn(
  words: Int32Array, base: number, count: number, asid: number, start: number, end: number, pfn: number,
): number {
  for (let i = 0; i < count; i++) {
    const entry = base + i * TlbEntry.words;
    if (words[entry + TlbEntry.stamp] === 0) continue;
    const seen = tlbEntryAt(words, entry);
    if (seen === null || seen.asid !== asid || seen.va >= end || seen.va + PAGE_SIZE <= start) continue;
    if (pfn < 0 || ptePfn(seen.pte) === pfn) return entry;
  }
  return 0;
}

function invalidationAt(words: Int32Array, command: number, asid: number, start: number, end: number): InvalidationView | null {
  const op = words[command + GpuCommand.op];
  const phase = words[command + GpuCommand.phase];
  if (!isTlbInvalidation(op) || phase === COMMAND_DONE || words[command + GpuCommand.asid] !== asid) return null;
  const isTouched = op === CMD_TLB_INVAL_ALL
    || (peekAddr(words, command + GpuCommand.start) < end && peekAddr(words, command + GpuCommand.end) > start);
  return isTouched ? { seqno: words[command + GpuCommand.seqno], phase } : null;
}
