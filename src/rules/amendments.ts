import type { Rule } from "./rule.ts";
import { K } from "./sources.ts";

export const AMENDMENTS = {
  id: "RULES k",
  title: "Amendments of November 2026",
  text: `What had changed since, and what earlier text left out. Where an earlier rule says otherwise, the amendment is right,
    and the earlier rule refers to it. They are RULES 79 to 100, in the sections that they amend: the memory side (79 to 84),
    nouveau complete (85 to 88), xe's TLB invalidations (89 to 92), xe (93 to 98), gpusvm (99, 100). Three have no number:

    - KVM. Since 5.12 a fault retries only if its address lies in the union of the ranges that are being invalidated. The MMU
    lock is taken only if a memslot is hit (M).

    - The folio lock of a device-private page is only tried by the CPU's fault; the waiting is that for a migration entry, and
    no spinning (b570f37a2ce4, a fix of a starvation, Feb 2026; S).

    - The data words of a page are not kernel data. A device's access beside a CPU's copying or freeing of the page is stale
    device access (I15, seen from the side of join), and never a "data race" of the kernel's memory model.`,
  source: K,
  mark: "S; M for KVM",
} as const satisfies Rule;
