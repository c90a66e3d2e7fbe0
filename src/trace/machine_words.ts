import { machineEvents } from "../machine/tracepoints.ts";
import { sentences } from "./sentence.ts";

export const MACHINE_WORDS = sentences(machineEvents, {
  kmemAlloc: (nameOf, _cache, object) => `allocates ${nameOf(object)}`,
  kmemFree: (nameOf, _cache, object) => `frees ${nameOf(object)}`,
});
