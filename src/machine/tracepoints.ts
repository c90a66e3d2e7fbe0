import { GFP_NAMES } from "./gfp.ts";
import { defineEvents } from "./tracepoint.ts";

/** The machine's static events. */
export const machineEvents = defineEvents("machine", {
  kmemAlloc: { cache: "object", object: "object", gfp: GFP_NAMES },
  kmemFree: { cache: "object", object: "object" },
  /** `might_alloc()`: an allocation is about to be tried, be it of an object or of a page. */
  mightAlloc: { gfp: GFP_NAMES },
  /** The task is about to sleep on a futex, unless its word has changed, or (0) for a time. */
  mightSleep: { word: "object" },
});
