import { kernelEvents, ACCESS_READ } from "../../../src/kernel/tracepoints.ts";
import { FRAME_SYSTEM, FRAME_ZERO, Page } from "../../../src/machine/physical.ts";
import { PTE_SWAP, PTE_WRITE, pteHoldsFrame, ptePfn } from "../../../src/machine/pte.ts";
import type { Tracer } from "../../../src/machine/tracer.ts";
import type { PhysicalMemory } from "../../../src/machine/physical.ts";

/**
 * What must hold at every moment, whoever runs: entries that notifiers may have copied change only inside an open range (so that
 * a device can have forgotten them), frames are freed unmapped and after the flush, and nobody sleeps in atomic context.
 */
export function watch(tracer: Tracer, physical: PhysicalMemory): void {
  const open = new Map<string, { mm: number; start: number; end: number }>();
  const unflushed = new Map<number, Set<string>>();
  const places = new Map<string, { pfn: number; mm: number; va: number }>();

  const isCovered = (mm: number, va: number) =>
    [...open.values()].some((range) => range.mm === mm && range.start <= va && va < range.end);
  const place = (mm: number, va: number) => `${mm}:${va}`;

  tracer.on("judge", kernelEvents.invalidateRangeStart, (task, _mm, _start, _end, _event, blockable) => {
    if (blockable === 1 && task.atomicDepth > 0) throw new Error(`${task.name} sleeps in atomic context`);
  });
  tracer.on("judge", kernelEvents.invalidateRangeStarted, (task, mm, start, end, range, result) => {
    if (result === 0) open.set(`${task.id}:${range}`, { mm, start, end });
  });
  tracer.on("judge", kernelEvents.invalidateRangeEnd, (task, _mm, _start, _end, range) => {
    if (!open.delete(`${task.id}:${range}`)) throw new Error(`${task.name} ends a range that is not open`);
  });
  tracer.on("judge", kernelEvents.pteClear, (task, mm, va, old) => {
    if (!pteHoldsFrame(old)) return;
    if (!isCovered(mm, va)) throw new Error(`${task.name} clears a page's entry outside any range`);
    const pfn = ptePfn(old);
    places.set(place(mm, va), { pfn, mm, va });
    unflushed.set(pfn, (unflushed.get(pfn) ?? new Set()).add(place(mm, va)));
  });
  tracer.on("judge", kernelEvents.pteSet, (task, mm, va, pte, old) => {
    const isTaken = pteHoldsFrame(old) && (ptePfn(pte) !== ptePfn(old) || (pte & PTE_SWAP) !== 0);
    const isProtected = pteHoldsFrame(old) && (old & PTE_WRITE) !== 0 && (pte & PTE_WRITE) === 0;
    if ((isTaken || isProtected) && !isCovered(mm, va)) throw new Error(`${task.name} takes permissions outside any range`);
    if (isTaken) throw new Error(`${task.name} replaces an entry that was not cleared first`);
  });
  tracer.on("judge", kernelEvents.cpuTlbFlush, (_task, mm, start, end) => {
    for (const [key, cleared] of places) {
      if (cleared.mm !== mm || cleared.va < start || cleared.va >= end) continue;
      places.delete(key);
      unflushed.get(cleared.pfn)?.delete(key);
    }
  });
  tracer.on("judge", kernelEvents.pageFree, (task, pfn) => {
    if (task.words[physical.page(pfn) + Page.mapcount] !== 0) throw new Error(`${task.name} frees mapped frame ${pfn}`);
    if ((unflushed.get(pfn)?.size ?? 0) > 0) throw new Error(`${task.name} frees frame ${pfn} before the flush`);
  });
  tracer.on("judge", kernelEvents.cpuAccess, (task, _mm, _va, pfn, kind) => {
    const state = task.words[physical.page(pfn) + Page.state];
    if (state !== FRAME_SYSTEM && !(state === FRAME_ZERO && kind === ACCESS_READ)) {
      throw new Error(`${task.name} reaches frame ${pfn} in state ${state}`);
    }
  });
}
