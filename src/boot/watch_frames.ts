import type { Sanitizers } from "../executor/explorer/sanitizer/attach.ts";
import { kernelEvents } from "../kernel/tracepoints.ts";
import { FRAME_PAGE_TABLE, FrameContent, type PhysicalMemory } from "../machine/physical.ts";
import type { Tracer } from "../machine/tracer.ts";

/** The page of zeros is there from the beginning. */
const ZERO_PFN = 0;

/**
 * Let the sanitizers know when frames come and go. A table of the CPU's may be looked at when it is free already: walks that hold
 * no lock learn from a sequence number that they were in vain.
 */
export function watchFrames(sanitizers: Sanitizers, tracer: Tracer, physical: PhysicalMemory): void {
  for (let pfn = ZERO_PFN + 1; pfn < physical.frames; pfn++) sanitizers.manage(physical.content(pfn), FrameContent.words, 1);
  tracer.on("book", kernelEvents.pageAlloc, (task, pfn) => sanitizers.allocated(task, physical.content(pfn)));
  tracer.on("book", kernelEvents.pageFree, (task, pfn, _generation, state) => {
    sanitizers.freed(task, physical.content(pfn), state === FRAME_PAGE_TABLE);
  });
}
