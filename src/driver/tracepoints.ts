import { TRACEPOINT_BASE, tracepoints } from "../machine/tracepoint.ts";

/** The drivers' static events. `va`, `start`, `end` are process addresses in bytes, `end` exclusive. */
export const driverEvents = tracepoints(TRACEPOINT_BASE.driver, {
  /** A device page-table entry was written under the user lock; `sub`, `seq` are what read_retry was asked about. */
  commit: ["gpu", "va", "pte", "pte_addr", "sub", "seq"],
  /** A device page-table entry was cleared. */
  zap: ["gpu", "va", "pte", "pte_addr"],
  /** A fault has to start over: `reason` 1 read_retry, 2 -EBUSY of hmm_range_fault, 3 -EAGAIN of the commit. */
  faultRetry: ["gpu", "va", "reason"],
  /** No finish object was to be had: the notifier did everything in its start pass. */
  finishFallback: ["gpu", "sub"],
  /** A TLB invalidation was sent. */
  flushSubmit: ["gpu", "start", "end", "seqno"],
  /** A TLB invalidation was waited for: `error` 0 or -ETIME. */
  flushWaited: ["gpu", "seqno", "error", "waited_us"],
  dmaUnmap: ["gpu", "va", "pfn"],
});
