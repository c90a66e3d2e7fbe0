import type { RuleId } from "../rules/catalogue.ts";

type RealBug = Extract<RuleId, `BUGS ${number}`>;

/** Real bugs that cannot be seeded here, and why: what they need is not modelled. */
export const INEXPRESSIBLE: Readonly<Partial<Record<RealBug, string>>> = {
  "BUGS 18":
    "classic notifiers here hold no translations of their own, so that nothing is stale when one of them is not told; " +
    "conformance traces hold the order of release",
  "BUGS 21":
    "no driver here inserts a range that a user chose, so that an insert could fail for its length; " +
    "test/kernel/mmu_notifier holds insert to -EOVERFLOW",
  "BUGS 37": "no GPU here has memory of its own, so there is nothing that two of them could evict from each other",
  "BUGS 51":
    "the GPUs walk the page table again when a cached permission does not suffice, as ATS hardware does; a stale " +
    "read-only entry hurts nobody",
  "BUGS 54": "no walk cache: a page-table page that is freed too early has no cached way that leads to it",
  "BUGS 58": "no kernel half of the address space and no walk cache",
};
