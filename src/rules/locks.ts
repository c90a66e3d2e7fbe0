import type { Rule, Section } from "./rule.ts";

const TABLE = "locking table, from the sources named in the rules";

export const LOCKING = {
  id: "RULES b",
  title: "The locks, from the outermost to the innermost",
  text: `A lock may be taken while one of a lower number is held, and not the other way round, but for what its entry says.

    Held during callbacks: in the start pass the user lock (RULES b 8), which is then dropped; between the passes nothing; in
    the finish the user lock again. In the old single pass: the user lock for the whole time.`,
  source: TABLE,
} as const satisfies Rule;

export const LOCKS = {
  title: "Lock by lock",
  text: `"May sleep" is said of who holds the lock. A pseudo-lock is nothing that could be taken: it stands for a wait, so that
    waits have an order.`,
  rules: [
    {
      id: "RULES b 1",
      title: "vm->lock is outermost, and no callback's",
      text: `Outside mmap_lock: xe_madvise_work_func takes vm->lock, then mmap_lock for reading. Never in an invalidate
        callback, never held across the removal of a notifier.`,
      source: TABLE,
      columns: {
        lock: "vm->lock (xe)",
        kind: "rwsem",
        "taken by": "fault handler, exec, rebind, VM_BIND, madvise ioctl (for writing)",
        "may sleep": "yes",
      },
    },
    {
      id: "RULES b 2",
      title: "A callback never takes mmap_lock",
      text: "It is outside invalidate_range_start: whoever invalidates may hold it.",
      source: TABLE,
      columns: {
        lock: "mm->mmap_lock",
        kind: "rwsem",
        "taken by": `callers of the mm (munmap: writing; fault, madvise: reading), hmm_range_fault (reading), the first insert
          (writing)`,
        "may sleep": "yes",
      },
    },
    {
      id: "RULES b 3",
      title: "rmap and folio locks are outside the notifier lock",
      text: "Never a folio lock inside the notifier lock (RULES 58).",
      source: `${TABLE}; 2577b202458c`,
      columns: {
        lock: "i_mmap and anon_vma rwsems, folio lock",
        kind: "rwsem, page bit",
        "taken by": "rmap, migration, reclaim, around start and end",
        "may sleep": "yes",
      },
    },
    {
      id: "RULES b 4",
      title: "All locks of an mm are taken under mmap_lock",
      text: "mm_take_all_locks, with mmap_lock held for writing. No allocation inside.",
      source: TABLE,
      columns: {
        lock: "mm_take_all_locks",
        kind: "all of an mm",
        "taken by": "registration of a notifier",
        "may sleep": "yes, but must not allocate",
      },
    },
    {
      id: "RULES b 5",
      title: "Reclaim is outside the notifier locks",
      text: "fs_reclaim is outside the start map and the notifier lock: nobody who holds those may allocate with GFP_KERNEL.",
      source: TABLE,
      columns: { lock: "fs_reclaim", kind: "pseudo-lock", "taken by": "any GFP_KERNEL allocation", "may sleep": "-" },
    },
    {
      id: "RULES b 6",
      title: "read_begin and remove wait with no inner lock held",
      text: "With none of RULES b 8 to 11 held, that is. The map models the wait for a notifier (RULES 12).",
      source: TABLE,
      columns: {
        lock: "__mmu_notifier_invalidate_range_start_map",
        kind: "pseudo-lock",
        "taken by": "start, end, read_begin, remove",
        "may sleep": "models a wait",
      },
    },
    {
      id: "RULES b 7",
      title: "Reservations are held outside the notifier lock",
      text: `A commit holds the reservation, then the notifier lock for reading. Callbacks only wait for a reservation's fences,
        and never lock it.`,
      source: TABLE,
      columns: {
        lock: "reservations of VM and buffers (dma_resv)",
        kind: "ww mutex",
        "taken by": "bind, exec, evict",
        "may sleep": "yes",
      },
    },
    {
      id: "RULES b 8",
      title: "The user lock: inside the mm's locks, outside the rest",
      text: `Inside RULES b 1, 2, 3 and 7, and annotated as inside fs_reclaim: no GFP_KERNEL, no folio lock under it. A fence
        may be waited for under it only if what signals it needs none of RULES b 1 to 8.`,
      source: TABLE,
      columns: {
        lock: "gpusvm.notifier_lock",
        kind: "rwsem",
        "taken by": `invalidate start and finish (writing); commit, madvise, freeing of ranges (reading; to write state, with
          the reservation or vm->lock)`,
        "may sleep": "yes",
      },
    },
    {
      id: "RULES b 8'",
      title: "Other drivers' user locks stand in the same place",
      text: "The same role, and the same constraints, as RULES b 8.",
      source: TABLE,
      columns: {
        lock: "svmm->mutex (nouveau), adev->notifier_lock (amdgpu, of the device), dmirror->mutex (test_hmm)",
        kind: "mutex",
        "taken by": "the same",
        "may sleep": "yes",
      },
    },
    {
      id: "RULES b 9",
      title: "The invalidated list's lock is inside the user lock",
      text: "A spinlock inside RULES b 8.",
      source: TABLE,
      columns: {
        lock: "vm->userptr.invalidated_lock",
        kind: "spinlock",
        "taken by": "first pass, pin, destroy",
        "may sleep": "no",
      },
    },
    {
      id: "RULES b 10",
      title: "The garbage collector's lock is inside the user lock",
      text: "A spinlock inside RULES b 8.",
      source: TABLE,
      columns: {
        lock: "vm->svm.garbage_collector.lock",
        kind: "spinlock",
        "taken by": "SVM's UNMAP, the collector",
        "may sleep": "no",
      },
    },
    {
      id: "RULES b 11",
      title: "TLB invalidations are issued inside the user lock",
      text: "seqno_lock is inside RULES b 8, since invalidations are issued under the notifier lock.",
      source: TABLE,
      columns: { lock: "tlb_inval.seqno_lock", kind: "mutex", "taken by": "issue", "may sleep": "yes" },
    },
    {
      id: "RULES b 12",
      title: "The firmware's send lock is inside the number's",
      text: "A lock, and a wait for room in the queue; inside RULES b 11. Its code was not read.",
      source: TABLE,
      columns: { lock: "GuC CT send", kind: "mutex", "taken by": "send", "may sleep": "yes" },
    },
    {
      id: "RULES b 13",
      title: "The lock of pending fences is safe in interrupts",
      text: "Inside RULES b 11.",
      source: TABLE,
      columns: {
        lock: "tlb_inval.pending_lock",
        kind: "spinlock, irqsave",
        "taken by": "issue, done handler, time-out, reset",
        "may sleep": "no",
      },
    },
    {
      id: "RULES b 14",
      title: "The fence lock is inside that of pending fences",
      text: "Inside RULES b 13.",
      source: TABLE,
      columns: {
        lock: "tlb_inval.lock",
        kind: "spinlock, irqsave",
        "taken by": "dma_fence signal and enable",
        "may sleep": "no",
      },
    },
    {
      id: "RULES b 15",
      title: "The core's spinlock is never held over a callback",
      text: "A leaf: nothing is taken under it.",
      source: TABLE,
      columns: {
        lock: "subscriptions->lock",
        kind: "spinlock, not irq",
        "taken by": "start and end of a range, read_begin, insert, remove, get, put",
        "may sleep": "no",
      },
    },
    {
      id: "RULES b 16",
      title: "SRCU protects classic notifiers only",
      text: "The interval tree does not use it.",
      source: TABLE,
      columns: {
        lock: "the global SRCU's read side",
        kind: "srcu",
        "taken by": "classic callbacks, arch_invalidate_secondary_tlbs",
        "may sleep": "yes",
      },
    },
    {
      id: "RULES b 17",
      title: "Under a page-table lock only interrupt-safe locks",
      text: `It is taken within a range. Below it there are only SRCU (RULES b 16) and locks of a driver that are safe in
        interrupts.`,
      source: TABLE,
      columns: {
        lock: "page-table lock (ptl)",
        kind: "spinlock",
        "taken by": "the mm; secondary-TLB notifiers run inside",
        "may sleep": "no",
      },
    },
    {
      id: "RULES b 18",
      title: "Who waits for the number waits for all active ranges",
      text: "The wait is over when all active ranges have ended.",
      source: TABLE,
      columns: { lock: "wq", kind: "wait queue", "taken by": "read_begin, remove", "may sleep": "sleeps" },
    },
  ],
} as const satisfies Section;
