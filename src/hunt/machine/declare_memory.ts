import type { MemoryImage } from "../../executor/explorer/engine/memory_image.ts";
import type { Layout } from "../../machine/layout.ts";
import { kernelEvents } from "../../kernel/tracepoints.ts";
import type { PhysicalMemory } from "../../machine/physical.ts";
import { machineEvents } from "../../machine/tracepoints.ts";
import type { Tracer } from "../../machine/tracer.ts";

/** A structure of at most this many words, or a few small ones, is not worth the trouble to know when it is written. */
const ALWAYS_WORDS = 1024;

/** Objects are units, and so are frames, each together with what the oracles keep beside it; the rest is restored each time. */
export function declareMemory(image: MemoryImage, layout: Layout): void {
  const frameShadow = layout.regions.find(({ name }) => name === "check.frame");
  for (const { base, end, type, name, count } of layout.regions) {
    if (name === "check.frame" || name === "check.event_ring") continue; // goes with the frames; is emptied by its owner
    if (count === 1 || end - base <= ALWAYS_WORDS || name.startsWith("check.")) image.always(base, end);
    else image.units(base, type.words, count, name === "frame" ? frameShadow?.base : 0);
  }
}

/** What tasks write that no step announces: whole objects and frames, as they come and go. */
export function markObjects(image: MemoryImage, tracer: Tracer, physical: PhysicalMemory): void {
  const markFrame = (pfn: number) => {
    image.mark(physical.page(pfn));
    image.mark(physical.content(pfn));
  };
  tracer.on("record", machineEvents.kmemAlloc, (_task, _cache, object) => image.mark(object));
  tracer.on("record", machineEvents.kmemFree, (_task, _cache, object) => image.mark(object));
  tracer.on("record", kernelEvents.pageAlloc, (_task, pfn) => markFrame(pfn));
  tracer.on("record", kernelEvents.pageFree, (_task, pfn) => markFrame(pfn));
}
