import { peekAddr } from "../../src/machine/access.ts";
import { commandAt, isTlbInvalidation } from "../../src/device/command_ring.ts";
import { CMD_TLB_INVAL_ALL, COMMAND_DONE, GpuCommand, GpuContext, GpuRegisters, type Gpu } from "../../src/device/gpu.ts";
import { Tlb } from "../../src/device/tlb.ts";

/** Seqno and state of a TLB invalidation on the ring. */
export interface InvalidationView {
  readonly seqno: number;
  /** COMMAND_* */
  readonly phase: number;
}

/** The oldest TLB invalidation of `asid` that touches [start, end), was sent and is not yet answered; null if there is none. */
export function pendingInvalidation(
  words: Int32Array,
  gpu: Gpu,
  asid: number,
  start: number,
  end: number,
): InvalidationView | null {
  const tail = Atomics.load(words, gpu.regs + GpuRegisters.tail);
  for (let position = Atomics.load(words, gpu.regs + GpuRegisters.head); position !== tail; position = (position + 1) | 0) {
    const seen = invalidationAt(words, commandAt(gpu, position), asid, start, end);
    // A place that was retired while we looked may hold a later request by now: what we saw may be a mix of both.
    if (seen !== null && ((position - Atomics.load(words, gpu.regs + GpuRegisters.head)) | 0) >= 0) return seen;
  }
  return null;
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
    fills: words[gpu.tlbs[0] + Tlb.lastStamp] >>> 0,
    flushes: words[gpu.tlbs[0] + Tlb.epoch] >>> 1,
  };
}

function invalidationAt(words: Int32Array, command: number, asid: number, start: number, end: number): InvalidationView | null {
  const op = words[command + GpuCommand.op];
  const phase = words[command + GpuCommand.phase];
  if (!isTlbInvalidation(op) || phase === COMMAND_DONE || words[command + GpuCommand.asid] !== asid) return null;
  const isTouched =
    op === CMD_TLB_INVAL_ALL ||
    (peekAddr(words, command + GpuCommand.start) < end && peekAddr(words, command + GpuCommand.end) > start);
  return isTouched ? { seqno: words[command + GpuCommand.seqno], phase } : null;
}
