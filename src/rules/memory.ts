import type { Section } from "./rule.ts";
import { K } from "./sources.ts";

export const MEMORY = {
  title: "The memory side",
  text: "What the mm does around its notifiers: when pages go, what the callers' ranges are, what the fault looks at.",
  rules: [
    {
      id: "RULES 79",
      title: "Pages are freed after range_end, or earlier if need be",
      text: `munmap, MADV_DONTNEED, exit, the OOM reaper and mremap's unmapping clear entries inside the range and gather the
        pages. Then comes range_end, and only after it tlb_finish_mmu: the CPU's TLBs are flushed, the pages freed.

        Inside the range only when the gather overflows: then pages are flushed and freed at once, and it goes on. A batch holds
        some 500 pages; there are up to 20, each allocated GFP_NOWAIT; without a batch page there are only the 8 slots on the
        stack (M).

        One gather serves all VMAs of an madvise. munmap and exit free after their page-table pages (free_pgtables), and exit
        frees under mmap_lock held for writing. Two flush before range_end: mremap, under both table locks, and copy-on-write
        (RULES 77 B). To model both, "batch full" is an answer of chance.`,
      source: K,
      mark: "S; M for the sizes of batches",
    },
    {
      id: "RULES 80",
      title: "fork, mprotect and reclaim flush late, fork only once",
      text: `fork flushes the CPU's TLB once at the end of the copy, after all range_ends; only VMAs that are copied on write
        make a range. mprotect starts its range at the first upper-level entry that has something below it, so that there is
        none if nothing is mapped; it flushes at the end of the call. Reclaim's flush is usually batched: after range_end,
        before the page is written or freed. Its range is the whole folio, and the classic notifiers' young and aging callbacks
        come before.`,
      source: K,
      mark: "M",
    },
    {
      id: "RULES 81",
      title: "hmm_range_fault looks at present, protnone and write",
      text: `At nothing else of an entry, and it faults only if what is asked for is not there. It neither dirties a page nor
        takes it out of MADV_FREE. A page that is to be freed lazily has a clean entry that keeps its write permission (M);
        reclaim drops such a page if it is clean and keeps it if it is dirty.

        xe does not mark pages dirty when it unpins them (removed in 2577b202458c). RDMA's on-demand paging does, in its
        notifier.`,
      source: K,
      mark: "S; M for the entry of a lazily freed page",
    },
    {
      id: "RULES 82",
      title: "From 7.3 hmm_range_fault has the whole loop inside",
      text: `Faults are recorded during the walk and carried out after it. hmm_range_fault_unlocked_timeout(range, timeout) does
        everything: a fatal signal is -EINTR; past the deadline it is -EBUSY; read_begin into range->notifier_seq; mmap_lock for
        reading, killable; the walk. If a fault handler dropped mmap_lock the deadline starts anew; an ordinary -EBUSY keeps it;
        0 means forever. The number to compare under the user lock is the one that it left in range->notifier_seq.

        Users: nouveau, gpusvm, RDMA on-demand paging, amdxdna, mshv. That it is in 7.3 is very likely. 7.1 and 7.2 have the
        form of RULES 10, 63 and 74; both are to be kept.`,
      source: K,
      mark: "S",
    },
    {
      id: "RULES 83",
      title: "The OOM reaper's event is CLEAR from 7.1 on",
      text: "Before it was UNMAP. process_mrelease runs the same function on a process that is dying.",
      source: K,
      mark: "S",
    },
    {
      id: "RULES 84",
      title: "Exit unmaps without calling classic notifiers",
      text: `After __mmu_notifier_release (RULES 44) the list of classic notifiers is empty: the unmapping that follows in exit
        calls none of them.`,
      source: K,
      mark: "S",
    },
  ],
} as const satisfies Section;
