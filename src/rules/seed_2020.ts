import type { Rule } from "./rule.ts";

export const SEED_2020 = {
  id: "RULES h",
  title: "2020: intervals changed from within a callback",
  text: `Ralph Campbell's series. A device without explicit registration, whose GPU faults anywhere, wants intervals that are
    those of the VMAs, and that shrink, split or vanish on munmap: from inside the invalidate callback, where insert (may take
    mmap_sem) and remove (sleeps) are forbidden.

    Version 5 (16 Dec 2019, 20191216195733.28353-2, one patch). An optional ops->release; if it is set, remove and update do not
    sleep. Fields deferred_start and deferred_last. The end of the last range applies them: not in the tree, insert; in the tree
    with a pending range, remove, change, insert; else remove, and collect for release. release and mmdrop are called after the
    unlock and the wake-up. insert_safe is insert without registration: -EINVAL if has_itree is not set yet.

    Gunthorpe, 9 Jan 2020: an interval may start at 0, so compare start with end instead; the name "updated"; release in a patch
    of its own; why insert from a callback, where hmm_range_fault cannot be called? Campbell: a hole in the middle needs
    update(left) and insert(right). Gunthorpe (20200109232548.GO20978): that is right only if the batch is atomic under the
    spinlock, that is, if all pieces go to the deferred list while the tree is locked for reading; so "safe" is the wrong name,
    and it needs documentation and an assertion as lockdep has; a batch of remove, insert, insert is better than update; find
    must keep the read lock until its caller is done.

    Version 6 (13 Jan 2020, 20200113224703.5917-1 to 7) is the last that was posted; the table has its calls. Effects are
    visible only after the next read_begin. nouveau was converted: an interval for each piece of a VMA, GFP_ATOMIC in the
    callback, and on failure it unmaps the right part and relies on the next fault. svmm_fini loops over find and put; while the
    number is odd find returns the same node again, so that put is repeated: a corrupt list, or a loop without end (A).

    Review of version 6. Hellwig, 16 Jan: such functions are called _locked; add lockdep_assert_held. Gunthorpe, 14 Jan: "put"
    suggests a reference count, call it remove_deferred; unloading a driver needs a barrier; the unmapping works only under the
    tree's read lock, which a comment or an assertion should say; find protects no lifetime, for the node may be on the deferred
    list and be freed at any moment; is it to return what is pending deletion? the old ranges or the new? Campbell: the driver's
    lock serialises everything. Gunthorpe, 16 Jan (20200116141140.GA10759): release is asynchronous, so a lock around the
    interface does not help; results that differ from the order of the program make bugs; an interface that forces one lock
    around every call is a bad idea. On cost: mlx5's on-demand paging does one unlocked xa_load for each fault; this takes a
    lock, a search, perhaps find_vma and kmalloc(GFP_ATOMIC), "very expensive and not parallel"; if tracking VMAs has merit, the
    core should do it; he wants an analysis of the two methods (RULES d 11).

    A private version 7 by the same author had mmu_interval_notifier_remove_deferred and mmu_interval_notifier_synchronize(mm),
    with the comment that shrink and insert are atomic only because both are deferred; outside a callback there is a window in
    which an invalidation is missed.

    Why it was not merged. Campbell, 20 Feb 2020: will make the self-tests in the manner of on-demand paging without touching
    mm/mmu_notifier.c, and cannot easily convert nouveau. The posted version 7 "reverted back to just using
    mmu_interval_notifier_insert() and making this series only introduce HMM self tests" (changelog in v10,
    20200422195028.3684-1). So: the lifetime of find, no user in the kernel that needed it, doubts about cost, the other model
    preferred. Nothing of put, update, find and insert_safe is in mainline today; the end of a range (mn_itree_inv_end) still
    knows insert and remove only.`,
  source: "mails and message ids in the text",
  mark: "S; A for svmm_fini",
  table: [
    ["call", "number even (idle)", "number odd (invalidating)"],
    ["insert_safe", "as insert, without mmap_sem; -EINVAL if not registered", "deferred"],
    [
      "put",
      "unlink, release and mmdrop now, in the caller",
      `in the tree: deferred, release after the range's end, outside the lock (in version 6 before wake_up_all); only a deferred
        insert: unlink, release now; pending update: cancelled, the entry becomes a removal`,
    ],
    ["remove", "as before (sleeps); no mmdrop if release is defined, since the release path does it", "as before"],
    [
      "update(start, last)",
      "remove, change, insert now",
      `not in the tree: change the fields; else note updated_start and updated_last (the last call wins), which take effect at
        the range's end; 0 means none; WARN if start >= last`,
    ],
    [
      "find(mm, ops, start, last)",
      "the first node with these ops; the pointer is returned after the unlock",
      "the tree's old values; may return a node that was put",
    ],
  ],
} as const satisfies Rule;
