import type { Section } from "./rule.ts";
import { K, UP0, UP4, XPT } from "./sources.ts";

export const XE = {
  title: "xe's userptrs",
  text: `A userptr is a buffer of the user's own memory that the GPU maps. xe was the first to use two passes; rules 46 to 59
    are what was merged in Linux 7.1.`,
  rules: [
    {
      id: "RULES 46",
      title: "A userptr embeds one finish object and its flags",
      text: `Its state is finish (the object itself), inval_batch, finish_inuse, tlb_inval_submitted and initial_bind. It is
        guarded by gpusvm.notifier_lock held for writing, or held for reading together with the VM's reservation (and vm->lock,
        as asserted).`,
      source: UP4,
      mark: "S",
    },
    {
      id: "RULES 47",
      title: "The start refuses before it touches anything",
      text: `Non-blocking: false, before the number is set. Else: notifier_lock for writing; set the number; the first pass
        (RULES 48); unlock; true.`,
      source: UP4,
      mark: "S",
    },
    {
      id: "RULES 48",
      title: "The first pass enables fences, which starts preemption",
      text: `Out of fault mode, and if the userptr is not DESTROYED, it moves to the list vm->userptr.invalidated, under that
        list's spinlock. Then forevery BOOKKEEP fence of the VM's reservation, iterated without its lock,
        dma_fence_enable_sw_signaling: this is what starts preemption. It is noted whether all are signalled.`,
      source: UP4,
      mark: "S",
    },
    {
      id: "RULES 49",
      title: "Three flows: wait later, flush later, or all at once",
      text: `- F1, fences are pending and the finish object is free: mark it in use, return it. The finish waits for the fences,
        then flushes the TLBs synchronously, then unmaps. The GPUs overlap their preemption; their flushes do not overlap.

        - F2, all fences are signalled, the object is free, fault mode, and bound before (initial_bind): wait, which takes no
        time; zap; submit the TLB flush; set both flags; return the object. The finish waits for the batch, clears the flags,
        unmaps. The flushes overlap.

        - F3, the object is in use by another invocation: everything at once, within the start; no object.

        Fences done and not fault mode, or never bound: only unmap, at once, no object. The commit's text speaks of a "third
        pass". The core has two, and F1 is not put off further (A).`,
      source: `${UP4}, code and commit text`,
      mark: "S; A for the third pass",
    },
    {
      id: "RULES 50",
      title: "The finish takes the notifier lock for writing",
      text: "It decides by tlb_inval_submitted what is left to do, and asserts finish_inuse.",
      source: UP4,
      mark: "S",
    },
    {
      id: "RULES 51",
      title: "A fence wait covers the whole VM and has no bound",
      text: `It cannot be interrupted, and waits for all BOOKKEEP fences of the VM, not only for those that touch the range. In
        F2 and F3 it happens in the start pass with notifier_lock held for writing.

        So an F3 in one device delays the starts of all devices after it (A).`,
      source: UP4,
      mark: "S; A for the delay",
    },
    {
      id: "RULES 52",
      title: "A bind commits only if read_retry allows, or rebinds",
      text: `vma_check_userptr holds notifier_lock (for reading; for writing in builds with fault injection) and asks
        mmu_interval_read_retry(notifier, pages.notifier_seq). If that objects: -EAGAIN in fault mode. Out of fault mode it just
        goes on, since exec or the rebind worker will bind again: the VMA is on the invalidated list.`,
      source: `${XPT}: vma_check_userptr`,
      mark: "S",
    },
    {
      id: "RULES 53",
      title: "A zap with nothing to do asks for no flush",
      text: `xe_pt_zap_ptes acts only on tiles in tile_present & ~tile_invalidated; if there are none it returns false, "no TLB
        flush needed". xe_vm_invalidate_vma_submit sets tile_invalidated to the mask right after the submit and not after the
        completion (WRITE_ONCE, for the READ_ONCE in xe_vm_has_valid_gpu_mapping).

        Before patches 3 and 4 of the series, submit, wait and set were one critical section. Now a second invocation can find
        nothing to zap while the first one's flush is still in flight (RULES 21).`,
      source: `${XPT}; ${UP0}`,
      mark: "S",
    },
    {
      id: "RULES 54",
      title: "A zap asserts that the number moved and fences signalled",
      text: "In builds with PROVE_LOCKING: check_retry must be true already, and all BOOKKEEP fences signalled.",
      source: XPT,
      mark: "S",
    },
    {
      id: "RULES 55",
      title: "After a failed submit there is nothing to wait for",
      text: `The helper waits for what it had already issued and sets num_fences to 0; the caller must not wait. A change of the
        third posting, after Brost's review.`,
      source: UP4,
      mark: "S",
    },
    {
      id: "RULES 56",
      title: "Pinning cannot pass between start and end",
      text: "drm_gpusvm_get_pages begins with read_begin, which sleeps until the range has ended.",
      source: UP4,
      mark: "S",
    },
    {
      id: "RULES 57",
      title: "Fault injection held the lock for reading only",
      text: `xe_vma_userptr_force_invalidate ran with notifier_lock read-held, against an assertion in the unmapping; fixed by
        taking it for writing in such builds (80ccbd97ffee, CVE-2026-80606). Its pointer to the finish object was static, hence
        shared by all threads; fixed by ed382e3b07fa, "Drop bogus static from finish in force_invalidate".`,
      source: "lists of commits: 80ccbd97ffee, ed382e3b07fa",
      mark: "S",
    },
    {
      id: "RULES 58",
      title: "No folio lock under the notifier lock",
      text: `migrate_pages_batch holds folio locks and calls the notifier: taken the other way round, that is a deadlock. It was
        a real bug, fixed in April 2025 by taking set_page_dirty_lock out of the pin path (BUGS 23).`,
      source: "2577b202458c",
      mark: "S",
    },
    {
      id: "RULES 59",
      title: "Pages go first, the notifier last",
      text: `On destruction the pages are freed, which ends their DMA mapping, and then the notifier is removed. As a comment
        there has it: they are not pinned, so the notifier must stay until the GPU is done.`,
      source: `${UP4}, comment`,
      mark: "S",
    },
  ],
} as const satisfies Section;

export const XE_SINCE = {
  title: "xe, what changed since",
  text: "Amendments to the rules on xe's userptrs and on its SVM.",
  rules: [
    {
      id: "RULES 93",
      title: "Fine-grained faults hold the VM's lock for reading",
      text: `From 7.3 or 7.4. Faults hold vm->lock for reading; svm.range_lock, a mutex of the VM, for find-or-insert, which
        hands out a reference; then range->lock, a mutex, for the whole service, with "removed?" asked again right after it is
        taken. Pinning a userptr needs vm->lock for writing, or for reading with the VMA's fault_lock.

        A commit is as before, under notifier_lock for reading. The notifier_seq of a page set belongs to the range's lock. The
        garbage collector runs inside faults. Migration to VRAM takes a driver-wide driver_migrate_lock, for reading at first,
        for writing on a retry. Several workers serve one VM.`,
      source: `${K}; the posted form`,
      mark: "S",
    },
    {
      id: "RULES 94",
      title: "After an unbind the notifier stays until the flush",
      text: `Under vm->lock for writing. The unbind's entries are cleared by a job after the VM's fences; pages are freed and
        the notifier is removed only later, by a worker, when the unbind's fence, which includes the TLB invalidation, has
        signalled. In between: unbound, perhaps not flushed, the notifier still there.`,
      source: K,
      mark: "S",
    },
    {
      id: "RULES 95",
      title: "The zap overwrites entries blindly",
      text: `Whether anything was there is taken from tile_present & ~tile_invalidated, and never read from the table. The CPU's
        stores to table words are single marked writes. The device's walk is a marked read of a whole entry. xe_device_wmb comes
        before the message.`,
      source: K,
      mark: "S",
    },
    {
      id: "RULES 96",
      title: "get_pages' fast path asks the valid flag alone",
      text: `drm_gpusvm_get_pages then refreshes notifier_seq after it dropped the lock, under vm->lock (later the range's
        lock); xe_vma_userptr_check_repin reads it plainly with no lock at all.`,
      source: K,
      mark: "S",
    },
    {
      id: "RULES 97",
      title: "exec, bind and migration hold reservations outside",
      text: `exec, bind and migration hold the reservations of VM and buffers (ww mutexes) outside notifier_lock. The rebind
        worker moves the whole invalidated list to a private one, and back on an error, under notifier_lock; needs_repin looks
        at both.`,
      source: K,
      mark: "S",
    },
    {
      id: "RULES 98",
      title: "One notifier covers a userptr's whole buffer",
      text: "And so do its flags, however large the buffer is.",
      source: K,
      mark: "S",
    },
  ],
} as const satisfies Section;
