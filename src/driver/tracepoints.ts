import { defineEvents } from "../machine/tracepoint.ts";

/** Why a fault has to start over: read_retry says so, hmm_range_fault gives -EBUSY, the commit gives -EAGAIN. */
export const RETRY_REASON_NAMES = ["", "read_retry", "EBUSY", "EAGAIN"] as const;

/** The drivers' static events. `end` is exclusive. */
export const driverEvents = defineEvents("driver", {
  /** The GPU is about to be given address space `vm`, which mirrors process `mm`: hit before the first commit into it. */
  vmOpen: { gpu: "gpu", vm: "object", mm: "mm", asid: "number" },
  /** No context uses `vm` any more, its notifiers are gone and its translations flushed: hit before its memory is freed. */
  vmClose: { gpu: "gpu", vm: "object" },
  /**
   * A device page-table entry is about to be written under the user lock: hit before the write, so that no walker finds an
   * entry that the oracles have not heard of. `sub`, `seq` are what read_retry was asked about; `sub` 0 if the design asks
   * something else.
   */
  commit: { gpu: "gpu", va: "va", pte: "pte", pteAddr: "object", sub: "object", seq: "number" },
  /** A device page-table entry was cleared. */
  zap: { gpu: "gpu", va: "va", pte: "pte", pteAddr: "object" },
  /** A fault has to start over. */
  faultRetry: { gpu: "gpu", va: "va", reason: RETRY_REASON_NAMES },
  /** No finish object was to be had: the notifier did everything in its start pass. */
  finishFallback: { gpu: "gpu", sub: "object" },
  /** A TLB invalidation was sent. */
  flushSubmit: { gpu: "gpu", start: "va", end: "va", seqno: "number" },
  /** A fence was put on the list of those that wait for the answer to invalidation `seqno`: hit under the lock of that list. */
  flushPending: { gpu: "gpu", seqno: "number" },
  /** The driver knows that all invalidations up to `seqno` were answered: hit under the same lock, before it signals fences. */
  flushAnswered: { gpu: "gpu", seqno: "number" },
  /** A TLB invalidation was waited for: `error` 0 or -ETIME. */
  flushWaited: { gpu: "gpu", seqno: "number", error: "errno", waitedUs: "us" },
  /** A fence is about to be waited for. */
  fenceWait: {},
  /** What fences wait for begins, ends: nothing in between may wait for one, or for a lock under which somebody does. */
  fenceSignallingBegin: {},
  fenceSignallingEnd: {},
  /** The device's right to page `pfn` at `va` of `vm` is about to be taken back. */
  dmaUnmap: { gpu: "gpu", va: "va", pfn: "pfn", vm: "object" },
});
