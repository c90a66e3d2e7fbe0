import { TRACEPOINT_BASE, tracepoints } from "../machine/tracepoint.ts";

/** The drivers' static events. `va`, `start`, `end` are process addresses in bytes, `end` exclusive. */
export const driverEvents = tracepoints(TRACEPOINT_BASE.driver, {
  /** The GPU is about to be given address space `vm`, which mirrors process `mm`: hit before the first commit into it. */
  vmOpen: ["gpu", "vm", "mm", "asid"],
  /** No context uses `vm` any more, its notifiers are gone and its translations flushed: hit before its memory is freed. */
  vmClose: ["gpu", "vm"],
  /**
   * A device page-table entry is about to be written under the user lock: hit before the write, so that no walker finds an
   * entry that the oracles have not heard of. `sub`, `seq` are what read_retry was asked about; `sub` 0 if the design asks
   * something else.
   */
  commit: ["gpu", "va", "pte", "pte_addr", "sub", "seq"],
  /** A device page-table entry was cleared. */
  zap: ["gpu", "va", "pte", "pte_addr"],
  /** A fault has to start over: `reason` 1 read_retry, 2 -EBUSY of hmm_range_fault, 3 -EAGAIN of the commit. */
  faultRetry: ["gpu", "va", "reason"],
  /** No finish object was to be had: the notifier did everything in its start pass. */
  finishFallback: ["gpu", "sub"],
  /** A TLB invalidation was sent. */
  flushSubmit: ["gpu", "start", "end", "seqno"],
  /** A fence was put on the list of those that wait for the answer to invalidation `seqno`: hit under the lock of that list. */
  flushPending: ["gpu", "seqno"],
  /** The driver knows that all invalidations up to `seqno` were answered: hit under the same lock, before it signals fences. */
  flushAnswered: ["gpu", "seqno"],
  /** A TLB invalidation was waited for: `error` 0 or -ETIME. */
  flushWaited: ["gpu", "seqno", "error", "waited_us"],
  /** A fence is about to be waited for. */
  fenceWait: [],
  /** What fences wait for begins, ends: nothing in between may wait for one, or for a lock under which somebody does. */
  fenceSignallingBegin: [],
  fenceSignallingEnd: [],
  /** The device's right to page `pfn` at `va` of `vm` is about to be taken back. */
  dmaUnmap: ["gpu", "va", "pfn", "vm"],
});
