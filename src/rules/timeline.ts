import type { Rule } from "./rule.ts";

export const TIMELINE = {
  id: "RULES c",
  title: "How two passes came about",
  text: `The series from the first posting to Linux 7.1, who said what, and what was changed for it.

    Christian König, Simona Vetter, Andrew Morton and Dave Airlie were on CC; no comment of theirs was found in these threads.
    Vetter's view appears at second hand only (Brost to AMD, March 2026: "holding locks to avoid races" was rejected by her,
    hence the retry loops). No two-pass patch for GPU SVM after August 2025 was found; Brost says in March 2026 that GPU SVM
    "will be updated shortly".

    Figures in the series: none at all. There are only neighbouring statements. Brost: "TLB invalidations are several orders of
    magnitude slower than the software steps" on Intel's hardware; and, March 2026, the TLB flush is the truly expensive part
    and two passes can pipeline it; hmm_range_fault of 2 MiB takes less than 1 us with 4 KiB pages, and a twentieth of that with
    huge ones. AMD's list of what several GPUs cost: N registrations, N flushes, mmap_lock held longer, each migration told to
    all the others, ping-pong. So to measure is open ground.`,
  source: "mailing lists; message ids in the table",
  mark: "S",
  table: [
    ["date", "posting", "content", "review"],
    [
      "9 Aug 2025",
      'RFC, 20250809135137.259427-1, 6 patches, "Multi-pass MMU interval notifiers" (1: Hellström, 2 to 6: Brost)',
      `struct mmu_interval_notifier_pass with a link and pass(); op invalidate_multipass. The core goes over a list: each pass()
        may return a next one, which is appended again (a naive round robin); passes run after -EAGAIN too, then the range ends.
        GPU SVM converted (2); drm_gpusvm_in_notifier_lock (3); a wait on fences that were never armed is skipped, by their
        number (4); fences as an argument of the flush by tile mask (5); SVM in two passes (6). Documentation: allocate
        GFP_NOWAIT, fall back to one pass on failure; later passes cannot report errors. Cover letter: one pass does not scale
        over several GPUs; multiplexing in the driver would need a shared user lock, which does not scale either; for userptrs
        the wait for binds, the start of preemption and the wait for it can be pipelined.`,
      `Brost, 11 Aug: a hunk belongs in patch 2 (Hellström agrees, 12 Aug). Gunthorpe, 18 Aug (20250818160726.GH599331):
        dislikes the name and the complexity, "co-operative multithreading"; why a list, why not a pass counter and a return
        code; are more than two really needed? With the naive list, a driver that prepares and waits stops being concurrent
        while another is in its third pass: support different counts properly, or limit it to two. Brost: the list's node
        carries the state of an invocation; one notifier can be invoked several times with the same number and other ranges.
        Gunthorpe (163617.GI599331): then explain that, and allow no more than two. Hellström: two was the first idea; he
        thought he had a case for three and had not; two is fine. Brost: two suffice; the list also walks the tree once.
        Gunthorpe (164655.GJ599331): keep the list, no third pass. Popple, 19 Aug: prefers two callbacks, start and end,
        concedes that the context needs a list; a pity to allocate in a hot path only to pass a pointer; suggests the names
        finish and invalidate_start. Hellström, 19 Aug: a list avoids the second walk of the tree, O(n log n) against O(n); a
        small pool covers failures of GFP_NOWAIT. Brost: preallocate an entry in the notifier, allocate (or block) only if it is
        invoked again while a wait is outstanding, which he expects to be rare. Hellström, 21 Aug: greedy notifiers that come
        first can exhaust GFP_NOWAIT, and all is serial again; nice drivers preallocate.`,
    ],
    [
      "21 Aug 2025",
      'first posting, 20250821114626.89818-1, 6 patches, "Two-pass MMU interval notifiers"',
      `Two passes only. mmu_interval_notifier_finish with a list_head and finish(final, range, cur_seq); op invalidate_start;
        first in, first out. Documentation: the advice of a pool; invocations at the same time need structs of their own. SVM
        (6): allocates a finish struct with fences, GFP_NOWAIT; the finish waits with no lock, then takes notifier_lock for what
        is left.`,
      `Gunthorpe, 9 Sep (20250909171831.GC882933): would rather have finish in the ops; unhappy that DRM wraps a library for
        notifiers in another; Reviewed-by. Hellström: Linus prefers const ops pointers; keep the list for the state.`,
    ],
    [
      "2 Mar 2026",
      "second posting, 20260302163248.105454, 4 patches",
      `invalidate_finish in the ops, with the struct as its only argument; llist; xe's userptrs in place of GPU SVM, which is to
        follow; Gunthorpe's Reviewed-by dropped. The cover letter adds page faults that cannot be recovered from: start
        preemption on all GPUs, then wait, so that reclaim can go on.`,
      `Brost. 1: is "lockless list" the word?, complain of a start without a finish. 2: assert the locks, perhaps reorder or
        squash (Hellström: keep the order for bisecting, 2 is the simple example); the asserts expose an old bug in the
        injection path, where notifier_lock is only held for reading. 3: do not wait for a batch whose submit failed; rename. 4:
        assert the state, document the locks.`,
    ],
    [
      "3 Mar 2026",
      "third posting, 20260303133409.11609",
      "WARN_ON_ONCE for a start without a finish (in insert only), asserts, documentation.",
      `Brost: Reviewed-by on 2, 3 and 4. Hildenbrand, 4 Mar: CC all maintainers; say clearly that the first is start and the
        second finish ("two-pass sounds like calling the same op twice"); does the core fall back, or must the notifier? is the
        finish pointer NULL on entry? The idea makes sense, nothing else jumped out.`,
    ],
    [
      "5 Mar 2026",
      "fourth posting, 20260305093909.43623",
      "Wider CC. Documentation: the finish pointer is NULL on entry; NULL on return means that the start did everything.",
      "Hildenbrand replied on 5 March.",
    ],
    [
      "March 2026",
      "merged: 7aba71dbc416 (core), 18c4e536959e (xe, patch 2)",
      "By way of drm-xe-next-2026-03-12, in Linux 7.1.",
      "",
    ],
    [
      "July, Aug 2026",
      "fixes",
      "ed382e3b07fa: a bogus static; 80ccbd97ffee: notifier_lock for writing in the injection path (CVE-2026-80606).",
      "",
    ],
  ],
} as const satisfies Rule;
