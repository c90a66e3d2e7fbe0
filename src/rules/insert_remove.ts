import type { Section } from "./rule.ts";
import { MN, XMA } from "./sources.ts";

export const INSERT_REMOVE = {
  title: "Insert and remove",
  text: "How the tree changes while others walk it without a lock.",
  rules: [
    {
      id: "RULES 32",
      title: "Insert checks its range and the process",
      text: `A length of 0, or one that overflows, is -EOVERFLOW. A process that has no users left (mm_users at or below 0) is a
        warning and -EINVAL. The notifier holds a reference on the mm (mmgrab).`,
      source: MN,
      mark: "S",
    },
    {
      id: "RULES 33",
      title: "An insert during an active range freezes the tree",
      text: `No range active: the notifier goes into the tree. Ranges active and the number even: the number is made odd, and
        the notifier goes in. Ranges active and the number odd: the notifier is queued on deferred_list.

        So an insert can by itself turn "partially" into "fully excluded", and hold up later inserts and readers.`,
      source: MN,
      mark: "S",
    },
    {
      id: "RULES 34",
      title: "After insert, only read_begin makes pages safe to use",
      text: `When insert returns the notifier may not be in the tree yet. read_begin sleeps while the notifier's number is the
        process's, and only that makes it safe.

        Who uses pages without read_begin misses invalidations.`,
      source: MN,
      mark: "S",
    },
    {
      id: "RULES 35",
      title: "The first insert registers the process",
      text: `insert reads the pointer to the subscriptions with load-acquire; if there are none it registers, which takes
        mmap_lock for writing. insert_locked wants mmap_lock held for writing, and reads plainly.`,
      source: MN,
      mark: "S",
    },
    {
      id: "RULES 36",
      title: "Once remove has returned, no callback runs or will run",
      text: `remove may sleep, and must never be called from a callback of the same process. Number odd and the notifier not in
        the tree: it is only unlinked from deferred_list, with no wait. Odd and in the tree: the removal is queued, and remove
        waits until the number has changed, which it reads under the spinlock (mmu_interval_seq_released). Even: removed now,
        with a warning if it was not in the tree. Then the reference on the mm is dropped.

        The wait also covers pending finishes, since a finish comes before the end of its range (A).

        A notifier, with its embedded finish object, that is freed without remove has its finish run on freed memory.`,
      source: MN,
      mark: "S; A for pending finishes",
    },
    {
      id: "RULES 37",
      title: "remove reads the number locked, read_begin lockless",
      text: `In its wait remove reads the number under the spinlock; read_begin uses READ_ONCE. The lock in remove is also what
        puts the deferred changes first: the node is out of the tree before the condition of the wait is true (BUGS 1).`,
      source: MN,
      mark: "S",
    },
    {
      id: "RULES 38",
      title: "remove is called outside every lock that callbacks take",
      text: "xe's madvise removes its notifiers outside vm->lock, and says so.",
      source: `${MN}; ${XMA}: "outside vm->lock"`,
      mark: "S",
    },
    {
      id: "RULES 39",
      title: "Deferred changes are carried out newest first",
      text: `deferred_list is a stack (hlist_add_head). Whether an entry is an insert or a removal is decided when it is
        processed, by whether its node is in the tree (RB_EMPTY_NODE).

        A node can be on the list only once: two removals of one notifier while the number is odd corrupt it (A).`,
      source: MN,
      mark: "S; A for two removals",
    },
  ],
} as const satisfies Section;
