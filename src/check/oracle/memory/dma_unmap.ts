import { PAGE_SIZE } from "../../../machine/pte.ts";
import { NULL } from "../../../machine/struct.ts";
import { driverEvents } from "../../../driver/tracepoints.ts";
import { VmRow } from "../../books/address_spaces.ts";
import { hex } from "../../../trace/format.ts";
import type { MemoryWatch, Oracle } from "../oracle.ts";

/** A page is not unmapped for a device that still translates to it (I18). */
export function watchDmaUnmap({ tracer, world, books: { spaces }, report }: MemoryWatch): Oracle {
  tracer.on("judge", driverEvents.dmaUnmap, (task, gpu, va, pfn, vm) => {
    const { words } = task;
    const row = spaces.find(words, vm);
    if (row === NULL || world.isStopped(words, gpu)) return;
    const find = () => world.tlbEntryIn(words, gpu, words[row + VmRow.asid], va, va + PAGE_SIZE, pfn);
    // Again: the first look may have met an entry while the GPU was replacing it by one for another page.
    if (find() < 0 || find() < 0) return;
    report(task, "I18", `frame ${pfn} was unmapped for ${world.gpus[gpu].name}, whose TLB still translates ${hex(va)} to it`);
  });
  return {};
}
