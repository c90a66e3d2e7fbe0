import type { Section } from "./rule.ts";
import { GSVM, K, XPT } from "./sources.ts";

export const GPUSVM = {
  title: "drm_gpusvm and xe's SVM",
  text: `Shared virtual memory: the GPU faults anywhere in the process and the driver binds what it finds. The shared library
    drm_gpusvm has one pass in Linux 7.1.`,
  rules: [
    {
      id: "RULES 60",
      title: "One notifier for a big chunk, many ranges in it",
      text: `A chunk is 512 MiB or more, a range 2 MiB, 64 KiB or 4 KiB. notifier_lock is one rwsem for each gpusvm, which is
        one VM (from 7.3: RULES 99). It is annotated as taken inside fs_reclaim, so that no GFP_KERNEL allocation may be made
        under it.`,
      source: GSVM,
      mark: "S",
    },
    {
      id: "RULES 61",
      title: "gpusvm invalidates in one critical section",
      text: `False if it must not block. Else, under the lock for writing: set the number; the driver's callback clips the
        range, waits for the BOOKKEEP fences, zaps each range and marks it tile_invalidated, has a write barrier, one TLB flush
        and its wait; then DMA-unmap for each range. On UNMAP ranges are marked unmapped and handed to the garbage collector, a
        list under a spinlock and a worker.`,
      source: GSVM,
      mark: "S",
    },
    {
      id: "RULES 62",
      title: "gpusvm commits on the pages-valid flags alone",
      text: `The commit of a range asks xe_svm_range_pages_valid and not the sequence number. That is right only as long as the
        zap and the clearing of the flags are in one critical section (RULES 22).`,
      source: `${XPT}: op_check_svm_userptr`,
      mark: "S",
    },
    {
      id: "RULES 63",
      title: "get_pages looks up outside the lock and checks inside",
      text: `read_begin; the fast path if the pages are valid; hmm_range_fault under mmap_lock for reading, again on -EBUSY
        until HMM's time-out; notifier_lock for reading; unmapped is -EFAULT; read_retry starts over. Memory is allocated
        outside the lock and all is checked again; the DMA mapping is made under the lock. System and device pages mixed are
        -EOPNOTSUPP, and the caller evicts. From Linux 7.3: RULES 82 and RULES 99; on the fast path: RULES 96.`,
      source: GSVM,
      mark: "S",
    },
    {
      id: "RULES 64",
      title: "A fault is served under the VM's lock, in a loop",
      text: `With vm->lock for writing: run the garbage collector, find or insert the range; valid already (present and not
        invalidated) is 0; perhaps migrate to VRAM; get_pages; bind under notifier_lock; wait for the bind's fence. The finer
        locks that follow: RULES 93.`,
      source: GSVM,
      mark: "S",
    },
    {
      id: "RULES 65",
      title: "A bind's fence is in the reservation before the unlock",
      text: `It is added to the VM's reservation before notifier_lock is dropped, so that any later invalidation waits for it.

        Otherwise the TLB is flushed before the entry that the GPU writes has landed, and a stale entry is installed after the
        flush.`,
      source: GSVM,
      mark: "S",
    },
    {
      id: "RULES 66",
      title: "The flushed range is right only by rounding",
      text: `The start of what is to be flushed is computed as a minimum against the last range alone, each time overwriting it.
        That is harmless only because the TLB's range operation rounds out to a power of two (2 MiB and more to 16 MiB). With a
        flush of exactly the range, the missing part shows.`,
      source: GSVM,
      mark: "A",
    },
    {
      id: "RULES 99",
      title: "From 7.3 several GPUs may share one gpusvm and its lock",
      text: `gpusvm knows no device any more. Page sets have one each, and several GPUs may share one gpusvm, its notifiers and
        its notifier_lock: one callback and one lock for all GPUs of the process.

        A get_pages that fails must unmap what it has mapped (CVE-2026-68240). An eviction that fails for one set goes on with
        the others.`,
      source: `${K}; 808db118eb2b`,
      mark: "S",
    },
    {
      id: "RULES 100",
      title: "amdgpu's SVM on gpusvm has two phases in one callback",
      text: "Driven by faults, single-pass: first zap and flush of all, then the DMA unmapping and the garbage.",
      source: `${K}; RFC V7, 29 May 2026`,
      mark: "S",
    },
  ],
} as const satisfies Section;
