import type { Section } from "./rule.ts";
import { DOC } from "./sources.ts";

export const SECONDARY_TLB = {
  title: "When a secondary TLB is flushed under the page-table lock",
  text: `A device that walks the CPU's own page table has a TLB that range_start and range_end come too early and too late for
    (RULES g).`,
  rules: [
    {
      id: "RULES 77",
      title: "Clear, flush both TLBs, and only then set a new page",
      text: `A flush under the page-table lock is needed only if (A) the page is freed before range_end, or (B) the entry is
        changed to point to a different page: copy-on-write, a write to the zero page, a replacement. Then: clear the entry,
        flush the TLBs of CPU and device, and only then set the new entry.

        Otherwise, in case B, a device reads the new value at one address, on the new page, before it sees the older write at
        another: the order of memory is turned round (the documentation's timeline N to N+5).`,
      source: DOC,
      mark: "S",
    },
    {
      id: "RULES 78",
      title: "If the page stays, the flush may wait for range_end",
      text: `Changes that keep the page, such as write-protection or the merging of equal pages (KSM), may leave the flush to
        range_end.`,
      source: DOC,
      mark: "S",
    },
  ],
} as const satisfies Section;
