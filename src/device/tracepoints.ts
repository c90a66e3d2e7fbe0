import { ACCESS_NAMES } from "../machine/access_kind.ts";
import { defineEvents } from "../machine/tracepoint.ts";
import { GPU_COMMAND_NAMES } from "./gpu.ts";

/** The devices' static events. `end` is exclusive. */
export const deviceEvents = defineEvents("device", {
  /**
   * A walk filled a translation into the TLBs; it came from the page-table entry at word `pte_addr`. `stamp` is its number,
   * unique within the GPU: whatever is done through it names it, even when its entry is already gone or somebody else's.
   */
  tlbFill: { gpu: "gpu", vm: "object", va: "va", pte: "pte", pteAddr: "object", stamp: "number" },
  /** The hardware finished invalidating the range (or all: start 0, end 0); no access through a former entry is in flight. */
  tlbFlushed: { gpu: "gpu", asid: "number", start: "va", end: "va", seqno: "number" },
  /** The command engine took a request off its ring. */
  commandStart: { gpu: "gpu", op: GPU_COMMAND_NAMES, seqno: "number" },
  /** The command engine answered a request, so long after it was sent. */
  commandDone: { gpu: "gpu", op: GPU_COMMAND_NAMES, seqno: "number", latencyUs: "us" },
  /**
   * An access through translation `stamp`; `value` was read, or written, or added. `va` is the byte address of the
   * content word, so (va % 4096) / 4 is its index in the frame: 0 the counter, 1 + w the word of writer w.
   */
  deviceAccess: { gpu: "gpu", va: "va", pfn: "pfn", kind: ACCESS_NAMES, value: "number", stamp: "number" },
  /** A translation was found in L1 (1), L2 (2) or nowhere (0). */
  tlbLookup: { gpu: "gpu", level: "number" },
  fault: { gpu: "gpu", context: "number", va: "va", kind: ACCESS_NAMES },
  faultAnswered: { gpu: "gpu", context: "number", va: "va", result: "errno" },
  /** The context is at a preemption point, about to be said to the sender: no access until it is resumed. */
  preempted: { gpu: "gpu", context: "number", seqno: "number" },
  /** The context is about to be let go. */
  resumed: { gpu: "gpu", context: "number" },
});
