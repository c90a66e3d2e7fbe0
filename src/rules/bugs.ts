import type { Rule, Section } from "./rule.ts";

export const REAL_BUGS = {
  id: "BUGS",
  title: "Real bugs of the kernel's notifier users",
  text: `Each with the rule that it broke and the order of steps that shows it, as far as public sources tell. They are the
    yardstick of a race hunter: each becomes a seeded bug that the tool must find, or src/bugs/inexpressible.ts says why it
    cannot be one here. Numbers that are missing were not taken up.

    T is the number of threads that are needed, and d the number of orders between them that must hold; with d = 0 no special
    schedule is needed. G is a GPU. In the steps: C is an operation of the mm on a CPU (munmap, madvise, reclaim), D a driver's
    fault or bind, G a GPU's engine, R a teardown, X the exit of a process.

    Ten oracles together catch them all. O1: a device or driver touches a frame that is free or of another generation. O2: after
    range_end something from before the range's start can still be reached through an entry, a TLB or a DMA mapping. O3: the
    graph of locks, with pseudo-locks (the start map, reclaim, folio lock, waits for work, for the number, for a grace period,
    for a fence). O4: progress: retries without a change, waits without an end. O5: balance at quiescence: counts, references,
    lists. O6: lifetime of objects: notifiers, VMs, ranges, buffers. O7: every change of the CPU's entries that takes something
    away is inside a range that covers it (from read-only to writable too, where a secondary TLB caches permissions). O8: after
    a flush that succeeded no older TLB entry is left, and frames and page-table pages are freed only then. O9: in a callback no
    allocation or reclaim, no last mmput, no folio lock, no mmap_lock, no wait for work that takes those. O10: a shadow of the
    data shows lost writes.`,
  source: "the commits and mails named with each bug",
} as const satisfies Rule;

export const BUG_LIST = {
  title: "Bug by bug",
  text: "The mark says how the order of steps is known.",
  rules: [
    {
      id: "BUGS 1",
      title: "remove waits for the number without the lock",
      text: `remove may return only when no walk over the deferred list can touch the notifier any more. C: a range has made the
        number odd. R: takes the lock, sees odd, puts itself on the deferred list, unlocks. C, at the range's end: takes the
        lock, adds one to the number. R: its wait reads the number without the lock, is true already, returns; the caller frees.
        C: walks the deferred list and removes the freed node from the tree. Found by stress testing ("pretty unlucky"). The fix
        reads the number under the spinlock (RULES 37). Fixes 99cb252f5e68. Oracle O6.`,
      source: '319561669a59 (April 2022, v5.18-rc4), "mm/mmu_notifier.c: fix race in mmu_interval_notifier_remove()"',
      mark: "S",
      columns: {
        "rule broken": "the wait of remove reads the number under the lock",
        symptom: "notifier used after it was freed",
        "T, d": "2, 2",
      },
    },
    {
      id: "BUGS 2",
      title: "The number is read again for each chunk",
      text: `"The notifier sequence must only be read once or otherwise we could work with invalid pages". The fix moved
        read_begin out of the loop over chunks of 2 GiB. D: reads number s0, looks up chunk 0, gets frame A. C: a whole
        invalidation of chunk 0 frees A; the number is s2. D: reads s2, looks up chunk 1; under the lock read_retry(s2) does not
        object, and A is mapped. G: touches the freed A. Affected from 6.2. Oracles O1 and O2. The best seeded bug of all: one
        line moved, and no crash without the right order.`,
      source: `c08972f55594 (Feb 2026; stable 2fd24407457a, 962d684b5dc0), CVE-2026-63879, "drm/amdgpu: fix
        amdgpu_hmm_range_get_pages"`,
      mark: "P; I for the steps",
      columns: {
        "rule broken": "one read_begin covers all pages that one read_retry validates",
        symptom: "stale map, device uses freed pages",
        "T, d": "2+G, 2",
      },
    },
    {
      id: "BUGS 3",
      title: "A retry goes on with the stale number",
      text: `With the number read once, hmm_range_fault's own check returns -EBUSY forever; the retry spins for the default
        time-out, about a second, with mmap_lock held, then gives -EAGAIN; read otherwise, the caller retries without an end.
        Right is to take a fresh number on each retry and to restart from chunk 0. Together with BUGS 2 it shows both wrong
        places of read_begin. Oracle O4.`,
      source: "follow-up of BUGS 2, Honglei Huang, May and June 2026",
      mark: "S",
      columns: {
        "rule broken": "on -EBUSY take a fresh read_begin",
        symptom: "a second's spin under mmap_lock, or endless retries",
        "T, d": "2, 1",
      },
    },
    {
      id: "BUGS 5",
      title: "Pages are touched without the lock and the check",
      text: `D: hmm_range_fault gives page numbers, without references. C: unmaps and frees. D: makes a table of the page
        structs, maps them for DMA, marks a foreign page dirty. The fix takes the notifier lock, asks read_retry, and touches
        only then, in two phases: the size under the lock, the allocation outside because the lock is tainted by reclaim, then
        the check again. Its "mark dirty" part then caused BUGS 23. Fixes 81e058a3e7fd. Oracles O1 and O10.`,
      source: '0a98219bcc96 (March 2025), "drm/xe/hmm: Don\'t dereference struct page pointers without notifier lock"',
      mark: "P",
      columns: {
        "rule broken": "pages are touched only under the notifier lock with a valid number",
        symptom: "use after free, a foreign page made dirty",
        "T, d": "2+G, 1",
      },
    },
    {
      id: "BUGS 6",
      title: "mmap_lock is taken for the notifiers' lock",
      text: `The removed code believed that with mmap_lock held no notifier runs, and had a FIXME that it cannot ignore what
        read_retry returns. D: takes mmap_lock for writing, sees that nothing is invalid, unlocks. C, a walk of reclaim or
        compaction that takes no mmap_lock: marks invalid, stops the queues. D: takes the buffer for valid, or a worker clears
        the mark and resumes the queues. G: runs on pages that are stale or not mapped. To show it, an emulator needs an
        invalidation without mmap_lock. Quoted in: fcf00f8d29f2. Oracles O1 and O2.`,
      source: 'f95f51a4c335 (2022), "drm/amdgpu: Add notifier lock for KFD userptrs"',
      mark: "P",
      columns: {
        "rule broken": "notifiers run without mmap_lock; only a lock of their own excludes them",
        symptom: "the GPU runs on an invalid userptr",
        "T, d": "2+G, 2",
      },
    },
    {
      id: "BUGS 7",
      title: "An invalidation waits for its own fences only",
      text: `"Wait for all submissions when userptrs need to be invalidated by the MMU notifier, not just the one the userptr
        was involved into." A job of the same VM, which does not list the buffer but whose address space maps it, runs. C: the
        start waits for the buffer's fences alone, and frees. G: the job touches. Oracle O1.`,
      source: '58bafc666c48 (2026), "drm/amdgpu: fix waiting for all submissions for userptrs"',
      mark: "P",
      columns: {
        "rule broken": "invalidate waits for all work that may reach the range",
        symptom: "device uses freed pages",
        "T, d": "2+G, 1",
      },
    },
    {
      id: "BUGS 8",
      title: "The notifier forgets to mark the table stale",
      text: `"Otherwise we don't invalidate page tables on next CS". C: the invalidation waits for fences and returns. D: the
        next submission sees nothing marked, and uses the old entries. Oracle O2.`,
      source: '1c824497d8ac (2026), "drm/amdgpu: fix calling VM invalidation in amdgpu_hmm_invalidate_gfx"',
      mark: "P",
      columns: {
        "rule broken": "after an invalidation the next submission validates again",
        symptom: "stale map",
        "T, d": "2+G, 1",
      },
    },
    {
      id: "BUGS 11",
      title: "The zap runs outside the lock, against an unbind",
      text: `C, in the notifier: lock, set the number, unlock. D: an unbind frees levels of the page table. C: the zap walks the
        freed tree. The fix holds the notifier lock across the zap; the same change removed shortcuts that skip what is not yet
        bound or committed. Oracles O6 and O8.`,
      source: '84211b1c0db6 (Feb 2025), "drm/xe: Fix fault mode invalidation with unbind"',
      mark: "P",
      columns: {
        "rule broken": "hold the lock across the zap of entries",
        symptom: "walk of a freed GPU page table",
        "T, d": "2, 2",
      },
    },
    {
      id: "BUGS 12",
      title: "After -EAGAIN a start has no end",
      text: `Classic notifiers whose start succeeded expect their end, and one that may fail its start must not have an end. A
        counts, as KVM does; B returns -EAGAIN when it must not block. The OOM reaper's start: A counts 1, B fails, and the
        caller never calls the end: A's count stays 1, and its faults retry forever ("blocked indefinitely and hanging"). The
        author says that it is likely benign in the tree, and verified it with a notifier added. The fix calls end for all that
        have one, and warns. On the interval tree's side the core ends the range itself (RULES 28; not sourced there). Fixes
        93065ac753e4. Oracles O5 and O4.`,
      source: 'c2655835fd8c (March 2021), "mm/mmu_notifiers: ensure range_end() is paired with range_start()"',
      mark: "S",
      columns: { "rule broken": "a successful start always gets its end", symptom: "count never 0, hang", "T, d": "2, 1" },
    },
    {
      id: "BUGS 13",
      title: "-EAGAIN is returned with a lock held",
      text: `"If invalidate_start returns with EAGAIN then the umem_rwsem needs to be unlocked as no invalidate_end will be
        called." C, must not block: tries the lock for reading and gets it; what is below needs to block; -EAGAIN with the lock
        held. The next writer, register or unregister, waits forever. Fixes ca748c39ea3f. Oracles O3 and O4.`,
      source: '7608bf40cf24 (June 2019), "RDMA/odp: Fix missed unlock in non-blocking invalidate_start"',
      mark: "P",
      columns: { "rule broken": "a start that fails leaves nothing held", symptom: "lock leaked, deadlock", "T, d": "2, 1" },
    },
    {
      id: "BUGS 14",
      title: "The test for blockable is inverted",
      text: `A check returned -EAGAIN whatever the range, so that regular invalidations, which may block, failed and nothing was
        unmapped. Related: vhost V2 9/9, "do not return -EAGAIN for non blocking invalidation too early" (only if the range
        overlaps). Fixes 93065ac753e4. Oracle O2, and the assertion that only a range that must not block may be refused.`,
      source: `M. Hocko, 23 Aug 2018, "xen/gntdev: fix up blockable calls to mn_invl_range_start",
        20180823120707.10998-1-mhocko@kernel.org`,
      mark: "S",
      columns: {
        "rule broken": "only what must not block may fail with -EAGAIN",
        symptom: "regular invalidation skipped",
        "T, d": "1, 0",
      },
    },
    {
      id: "BUGS 16",
      title: "unregister without release is no fence",
      text: `C: takes srcu_read_lock and picks the notifier. R: hmm_mirror_unregister calls mmu_notifier_unregister_no_release,
        which unlinks. C: calls invalidate_range_start, which looks for its hmm. R: clears mm->hmm and frees the hmm. C: locks a
        mutex in freed memory. Such an unregister "is not a fence": free through SRCU (RULES 43). Oracle O6.`,
      source: '6d7c3cde93c1 (2019), "mm/hmm: Fix use after free with struct hmm in the mmu notifiers"',
      mark: "S",
      columns: { "rule broken": "free only after an SRCU grace period", symptom: "use after free", "T, d": "2, 2" },
    },
    {
      id: "BUGS 18",
      title: "Exit unlinks a notifier before it calls release",
      text: `X: unlinks the notifier. C, reclaim: unmaps, finds no notifier, frees the page. X: calls release; until then the
        secondary MMU touches the freed page, or marks it dirty or accessed. So: call release, then unlink. Broken again by
        751efd8610d3 and fixed again in 2013. Oracle O1.`,
      source: '3ad3d901bbcf (2012), "mm: mmu_notifier: fix freed page still mapped in secondary MMU"',
      mark: "S",
      columns: { "rule broken": "at exit: release first, unlink then", symptom: "freed page still mapped", "T, d": "2, 1" },
    },
    {
      id: "BUGS 21",
      title: "A notifier is removed that was never inserted",
      text: `A userptr at 0xffffffffffff0000 of 2 GiB: insert fails its check for overflow (RULES 32), but the error path still
        removes, since notifier.mm was set. The fix clears mm on failure. A case for fuzzing the interface with ranges that
        overflow.`,
      source: '22207fd5c801 (2024), CVE-2024-26656, "drm/amdgpu: fix use-after-free bug"',
      mark: "S",
      columns: { "rule broken": "remove only what insert accepted", symptom: "warning, use after free", "T, d": "1, 0" },
    },
    {
      id: "BUGS 23",
      title: "Notifier lock and folio lock are taken in either order",
      text: `C, migrate_pages_batch: folio lock, then rmap, then the invalidation waits for the notifier lock. D: notifier lock,
        then set_page_dirty_lock waits for the folio lock. Fixes 0a98219bcc96 (BUGS 5). Needs a folio lock to be expressed.
        Oracle O3.`,
      source: '2577b202458c (April 2025), CVE-2025-37868, "drm/xe/userptr: fix notifier vs folio deadlock"',
      mark: "P",
      columns: { "rule broken": "no folio lock under the notifier lock", symptom: "deadlock", "T, d": "2, 2" },
    },
    {
      id: "BUGS 31",
      title: "A retry keeps the folio lock",
      text: `D: make_device_exclusive gives a folio with its lock and a reference; read_retry objects, and the loop goes round
        without unlock and put; the next make_device_exclusive fails on the folio lock, forever; it returns with the folio
        locked. Found by inspection. Oracles O4 and O5.`,
      source: 'b3fefbb30a16 (2025), "nouveau/svm: fix missing folio unlock + put after make_device_exclusive_range()"',
      mark: "S",
      columns: {
        "rule broken": "undo everything before a retry",
        symptom: "livelock, lock and reference leaked",
        "T, d": "2, 1",
      },
    },
    {
      id: "BUGS 37",
      title: "Two GPUs evict each other forever",
      text: `Both migrate the same range to their own memory; each gets -EBUSY, evicts the range and tries again. Oracle O4.`,
      source: '0620837490e0 (Dec 2025), "drm/xe/svm: Serialize migration to device if racing"',
      mark: "P",
      columns: { "rule broken": "one migration after another, after -EBUSY", symptom: "livelock", "T, d": "2 GPUs, 2" },
    },
    {
      id: "BUGS 46",
      title: "The secondary TLB is flushed after the copy",
      text: `Three actors. The first CPU changes protections: the start is nothing for this client, the entry becomes a NUMA
        hint. A second CPU faults on it, flushes its own TLB and migrates; the device still writes to the page, before the copy
        and after. The first CPU: TLB flush and range_end come too late. Only clients that share the CPU's page table. Oracles
        O10 and O8.`,
      source: '7066f0f933a1 (2018), "mm: thp: fix mmu_notifier in migrate_misplaced_transhuge_page()"',
      mark: "S",
      columns: {
        "rule broken": "invalidate before the copy of a migration; the end is too late",
        symptom: "device's write lost",
        "T, d": "2+G, 3",
      },
    },
    {
      id: "BUGS 47",
      title: "A path that takes pages away does not notify",
      text: `khugepaged collapses pages of shared memory and files. Secondary MMUs hold no references, so the page is used after
        it was freed. O7 finds it without any race.`,
      source: 'f268f6cf875f (2022), CVE-2022-48991, "mm/khugepaged: invoke MMU notifiers in shmem/file collapse paths"',
      mark: "P",
      columns: {
        "rule broken": "every path that zaps entries notifies",
        symptom: "page used after it was freed",
        "T, d": "1+G, 0",
      },
    },
    {
      id: "BUGS 50",
      title: "An exclusive end is taken for an inclusive one",
      text: `The mm's end is exclusive, the IOMMU's inclusive: the size is off by one. The reverse mistake leaves the last page
        unflushed.`,
      source: '95d4782c34a6 (2022), "iommu/arm-smmu-v3: Fix size calculation in arm_smmu_mm_invalidate_range()"',
      mark: "S",
      columns: { "rule broken": "the end is exclusive", symptom: "flushes too much, off by one", "T, d": "1, 0" },
    },
    {
      id: "BUGS 51",
      title: "A permission that is added is not told to the TLB",
      text: `"Devices will fault indefinitely when writing to a PTE that was previously read-only as nothing invalidates the
        SMMU TLB", without broadcast. G: reads, and caches a read-only entry; writes, and faults. D: makes the CPU's entry
        writable, and does not flush. G: tries again with what it has cached. The same series: callbacks "happen too soon/late"
        for TLBs in hardware. A side effect: syzbot 5759bce381cb6f9c51fa, a fault in arch_tlbbatch_flush, bisected to
        75c400f82d34 of linux-next. Oracle O4.`,
      source: 'A. Popple, "Invalidate secondary IOMMU TLB on permission upgrade", v2, July 2023 (hashes as merged not read)',
      mark: "S",
      columns: {
        "rule broken": "a secondary TLB that caches read-only is flushed when it becomes writable",
        symptom: "endless device faults",
        "T, d": "1+G, 0",
      },
    },
    {
      id: "BUGS 54",
      title: "A GPU's page-table page is freed before the flush",
      text: `G's walker, or its cache of walks, uses the old upper entry. D frees the page-table page, which is used again. G
        walks garbage. Oracle O8.`,
      source: 'ca384bae7770 (2024), "drm/amdgpu: sync page table freeing with tlb flush"',
      mark: "I",
      columns: {
        "rule broken": "free page-table pages after the TLB flush",
        symptom: "walk of a freed table",
        "T, d": "1+G, 1",
      },
    },
    {
      id: "BUGS 55",
      title: "The flush reaches one of two TLBs",
      text: '"Testing on LNL has shown media GT\'s TLBs need to be invalidated": one device with two TLBs.',
      source: '77cc3f6c58b1, 1eb52589a299 (Aug 2024), drm/xe "Invalidate media_gt TLBs"',
      mark: "P",
      columns: { "rule broken": "flush every TLB of the device", symptom: "stale map", "T, d": "1+G, 0" },
    },
    {
      id: "BUGS 57",
      title: "A flush that timed out is taken for done",
      text: `The fence gets -ETIME and is signalled; who waits only for "signalled" goes on although nothing was flushed. Seen
        in the code and in messages from the field ("TLB invalidation fence timeout"): a hazard of the design, not a bug that
        was filed (RULES 70). Oracle O8.`,
      source: "xe_tlb_inval.c, fence_timeout",
      mark: "I",
      columns: { "rule broken": '-ETIME is not "flushed"', symptom: "stale map", "T, d": "1+G, 1" },
    },
    {
      id: "BUGS 58",
      title: "A kernel page-table page is freed while an IOTLB has it",
      text: `A device with shared virtual addresses walks the table of user and kernel and caches the kernel's upper levels.
        vfree frees such a page; it is used again by an unprivileged user; the device follows the stale entry. The fix flushes
        before the page is freed. Needs a cache of walks in the GPU model. Oracle O8.`,
      source: `e37d5a2d60a3, 9f0a7ab700f8 (v6.19), CVE-2025-71202, "iommu/sva: invalidate stale IOTLB entries for kernel address
        space"`,
      mark: "P",
      columns: {
        "rule broken": "flush the IOTLB before a page-table page is freed",
        symptom: "the device reads a re-used page",
        "T, d": "2+G, 1",
      },
    },
    {
      id: "BUGS 60",
      title: "The number is read after the look-up of the VMA",
      text: `D: under mmap_lock looks up the VMA, its page size and protection, and unlocks. C: munmap and mmap put a different
        VMA there; a range starts and ends, the number goes up. D: reads the number, which is the new one; gets the page; takes
        the MMU lock; nothing objects, and an entry with the attributes of the old VMA is installed. The author could not
        reproduce it even with directed testing: the argument for hunting systematically. The fix reads the number before
        mmap_lock is dropped. The same on RISC-V (title only).`,
      source: '13ec9308a857 (2023), "KVM: arm64: Retry fault if vma_lookup() results become invalid"',
      mark: "P",
      columns: {
        "rule broken": "read the number before mmap_lock is dropped",
        symptom: "entry with stale attributes",
        "T, d": "2, 2",
      },
    },
  ],
} as const satisfies Section;
