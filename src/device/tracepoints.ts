import { TRACEPOINT_BASE, tracepoints } from "../machine/tracepoint.ts";

/** The devices' static events. `gpu` is its number; `va`, `start`, `end` are process addresses in bytes, `end` exclusive. */
export const deviceEvents = tracepoints(TRACEPOINT_BASE.device, {
  /**
   * A walk filled a translation into the TLBs; it came from the page-table entry at word `pte_addr`. `stamp` is its number, unique
   * within the GPU: whatever is done through it names it, even when its entry is already gone or somebody else's.
   */
  tlbFill: ["gpu", "vm", "va", "pte", "pte_addr", "stamp"],
  /** The hardware finished invalidating the range (or all: start 0, end 0); no access through a former entry is in flight. */
  tlbFlushed: ["gpu", "asid", "start", "end", "seqno"],
  /** The command engine took a request off its ring. */
  commandStart: ["gpu", "op", "seqno"],
  /** The command engine answered a request; `latency_us` since it was sent. */
  commandDone: ["gpu", "op", "seqno", "latency_us"],
  /**
   * An access through translation `stamp`: `kind` ACCESS_*; `value` read, or written, or added. `va` is the byte address of the
   * content word, so (va % 4096) / 4 is its index in the frame: 0 the counter, 1 + w the word of writer w.
   */
  deviceAccess: ["gpu", "va", "pfn", "kind", "value", "stamp"],
  /** A translation was found in L1 (1), L2 (2) or nowhere (0). */
  tlbLookup: ["gpu", "level"],
  fault: ["gpu", "context", "va", "kind"],
  faultAnswered: ["gpu", "context", "va", "result"],
  /** The context is at a preemption point, about to be said to the sender: no access until it is resumed. */
  preempted: ["gpu", "context", "seqno"],
  /** The context is about to be let go. */
  resumed: ["gpu", "context"],
});
