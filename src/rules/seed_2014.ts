import type { Rule } from "./rule.ts";

export const SEED_2014 = {
  id: "RULES g",
  title: "2014: range_start is too early, range_end too late",
  text: `The seed of all secondary-TLB rules: a device whose TLB is filled from the CPU's own page table. The table has the
    moments.

    A flush at t0 is too early: until t1 the device may walk again and cache the entry anew, which lives on into t3; then it
    writes to a freed page. A flush at t4 is too late: the entry can be used from t3 to t4, with the same effect. TLBs in
    software (KVM's, or a GPU with its own page table) can use start and end, because they can refuse to make entries from t0 to
    t4. Hardware that walks by itself cannot. start and end also miss the freeing of page-table pages, which matters once the
    table is shared.

    AMD's IOMMUv2 worked around it with an empty page table between start and end and a fault handler that answers SUCCESS: a
    storm of interrupts, and GPUs give up after some faults on one address and need a reset.

    The discussion. Barnes asks whether start and end become no-ops with shared tables. Roedel lists three options: call
    everywhere; call from range_end too; let the driver register both. He first chose the third; version 2 went over to calling
    invalidate_range from range_end. Morton: the changelog must say why; what is the overhead for a process with notifiers?
    Roedel: it rides on paths that flush remotely anyway. Morton: does HMM make it obsolete? Glisse: no, an IOMMU's flush can
    run in atomic context; HMM's hardware needs scheduled jobs (preempting a GPU) and cannot. Reviewed by Arcangeli and Glisse;
    merged in 3.19: 1897bdc4d331, 34ee645e83b6 and a third patch.

    2017, Glisse: invalidate_page is removed. Two interfaces: start and end, which may sleep; invalidate_range under the
    page-table lock, which may not. Users of start alone must use a sequence count. range_only_end avoids a double flush.
    mmu_notifier.rst is written (RULES 77 and 78).

    2023, Popple, "Invalidate secondary IOMMU TLB on permission upgrade" (RFC 20 Jun, RFC v2 7 Jul, v1 18 Jul, v2 19 Jul, v3,
    v4). arm64 caches permissions; an SMMU without broadcast kept a read-only entry, and the device faulted forever (BUGS 51).
    Gunthorpe: call it only beside the architecture's own TLB invalidation, for generic code cannot know the rules, and there it
    is always right. So it was renamed arch_invalidate_secondary_tlbs (1af5a8109904), called from the architectures' flushes
    (6bbd42e2df8f) and no longer from range_end (ec8832d007cb); a comment was fixed (57b037dbbadc), and the SMMU flushes by ASID
    (38b14e2e3de9, 6.6). Bugs on the way: v2 used current->mm in x86's arch_tlbbatch_flush, which is NULL in kswapd (SeongJae
    Park, syzbot 75c400f82d34); hence v3 notifies when a page is added to the batch, the entry being cleared and the page not
    yet freed, so within t1 to t3; v4: a NULL registration (RULES 42). Later: arm64's __flush_tlb_range_op changed its
    arguments, so that the secondary notifier got start equal to end (NV-Kernels PR 71).

    2025 and 2026, Lu Baolu, Hansen, Gunthorpe, Horn, "iommu/sva ... KVA". An IOMMU walks the kernel's half of shared tables and
    caches upper levels. When page-table pages of the kernel are freed, it walks re-used memory, and writes accessed and dirty
    bits into it (Hansen). v1, July 2025: a mutex and might_sleep inside flush_tlb_kernel_range, a bug of atomic context (Yi
    Lai; Gunthorpe at first "really bad", then: secondary notifiers are atomic, so a spinlock is right). v2: a spinlock (Hansen:
    a too conservative place). v3, August 2025: schedule_work for the flush, which is still use after free, since the page is
    freed at once and the work runs later (Hansen). At last CONFIG_ASYNC_KERNEL_PGTABLE_FREE: the page is queued; the worker
    flushes (iommu_sva_invalidate_kva_range(PAGE_OFFSET, TLB_FLUSH_ALL)) and only then frees (BUGS 58).

    The lesson: of what is deferred, defer the free, and never the flush alone. It is the same as in RULES d 10.`,
  source: `Roedel v1 24 Jul 2014 1406212541-25975-1, v3 9 Sep 1410277434-3087-1, v4 28 Oct 1414516440-910-1; Glisse
    20140912183934`,
  mark: "S",
  table: [
    ["moment", "what happens", "what it means"],
    ["t0", "range_start", "the entry is valid, the page in use"],
    ["t1", "the entry is cleared", "from here on no new translation can be made from it"],
    ["t2", "the CPU's TLB is flushed", "the only right point for a device TLB that walks the CPU's page table"],
    ["t3", "the page is freed, or the new entry becomes visible", ""],
    ["t4", "range_end", "which in most cases today comes before t3, and then the CPU's flush too: RULES 79"],
  ],
} as const satisfies Rule;
