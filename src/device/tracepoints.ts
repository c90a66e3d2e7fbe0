import { TRACEPOINT_BASE, tracepoints } from "../machine/tracepoint.ts";

/** The devices' static events. `gpu` is its number; `va`, `start`, `end` are process addresses in bytes, `end` exclusive. */
export const deviceEvents = tracepoints(TRACEPOINT_BASE.device, {
  /** A translation was written to TLB entry `entry`; it came from the page-table entry at word `pte_addr`. */
  tlbFill: ["gpu", "vm", "va", "pte", "pte_addr", "entry"],
  /** The hardware finished invalidating the range (or all: start 0, end 0); no access through a former entry is in flight. */
  tlbFlushed: ["gpu", "vm", "start", "end", "seqno"],
  /** The command engine took a request off its ring. */
  commandStart: ["gpu", "op", "seqno"],
  /** The command engine answered a request; `latency_us` since it took it. */
  commandDone: ["gpu", "op", "seqno", "latency_us"],
  /** An access through TLB entry `entry`: `kind` ACCESS_*; `value` read, or written, or added. */
  deviceAccess: ["gpu", "va", "pfn", "kind", "value", "entry"],
  /** A translation was found in L1 (1), L2 (2) or nowhere (0). */
  tlbLookup: ["gpu", "level"],
  fault: ["gpu", "context", "va", "kind"],
  faultAnswered: ["gpu", "context", "va", "result"],
  preempted: ["gpu", "context", "seqno"],
  resumed: ["gpu", "context"],
});
