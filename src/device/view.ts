import { PAGE_SIZE, ptePfn } from "../machine/pte.ts";
import { CONTEXT_RUNNING, FAULT_NONE, GpuContext, GpuFaultEntry, GpuRegisters, type Gpu } from "./gpu.ts";
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
 * Address of a valid entry in any of the TLBs, of `asid` for a page that touches [start, end), to frame `pfn` unless that is -1,
 * or 0. Entries that come later may be missed.
 */
export function coveringTlbEntry(words: Int32Array, gpu: Gpu, asid: number, start: number, end: number, pfn = -1): number {
  for (const tlb of gpu.tlbs) {
    const entry =
      coveringIn(words, tlb + Tlb.l1, L1_ENTRIES, asid, start, end, pfn) ||
      coveringIn(words, tlb + Tlb.l2, L2_ENTRIES, asid, start, end, pfn);
    if (entry !== 0) return entry;
  }
  return 0;
}

/** How many requests the GPU was sent and is not done with. */
export function requestsUnderWay(words: Int32Array, { regs }: Gpu): number {
  return (Atomics.load(words, regs + GpuRegisters.tail) - Atomics.load(words, regs + GpuRegisters.head)) | 0;
}

/** Does context `index` wait for the answer to a fault? */
export function hasFault(words: Int32Array, gpu: Gpu, index: number): boolean {
  return Atomics.load(words, gpu.contexts[index] + GpuContext.fault + GpuFaultEntry.state) !== FAULT_NONE;
}

/** May context `index` have an access in flight or start one? */
export function isContextRunning(words: Int32Array, gpu: Gpu, index: number): boolean {
  const context = gpu.contexts[index];
  return (
    Atomics.load(words, context + GpuContext.state) === CONTEXT_RUNNING && Atomics.load(words, context + GpuContext.isHeld) === 0
  );
}

function coveringIn(
  words: Int32Array,
  base: number,
  count: number,
  asid: number,
  start: number,
  end: number,
  pfn: number,
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
