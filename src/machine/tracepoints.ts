import { TRACEPOINT_BASE, tracepoints } from "./tracepoint.ts";

/** The machine's static events. */
export const machineEvents = tracepoints(TRACEPOINT_BASE.machine, {
  kmemAlloc: ["cache", "object", "gfp"],
  kmemFree: ["cache", "object"],
  /** `might_alloc()`: an allocation is about to be tried, be it of an object or of a page. */
  mightAlloc: ["gfp"],
  /** The task is about to sleep on a futex, unless its word has changed, or (0) for a time. */
  mightSleep: ["word"],
});
