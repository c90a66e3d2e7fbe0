import type { Rule, Section } from "./rule.ts";
import { MN, MNH, XMA } from "./sources.ts";

export const BEHAVIOUR = {
  id: "RULES a",
  title: "How the code behaves",
  text: `What the notifier core and the drivers do, rule by rule, and what breaks if they did not. Rules 1 to 78 describe Linux
    7.1; 79 to 100 are the amendments (RULES k) and stand in the sections that they amend.`,
  source: "the sources named with each rule",
} as const satisfies Rule;

export const CORE = {
  title: "The sequence protocol",
  text: "How ranges, the sequence number and readers keep out of each other's way: the heart of mm/mmu_notifier.c.",
  rules: [
    {
      id: "RULES 1",
      title: "A start counts before it looks",
      text: `Every range raises the count of active ranges at its start, whether it hits a notifier or not. The number is made
        odd only if the tree holds a node that the range meets.

        Were only hits counted, an insert could get in between a start and its end while the number looks idle, and the new
        notifier would miss an invalidation in progress.`,
      source: `${MN}: mn_itree_inv_start_range`,
      mark: "S",
    },
    {
      id: "RULES 2",
      title: "Overlapping invalidations share one odd number",
      text: `A second start sets the low bit of a number that is odd already, so that its cur_seq is the same number.

        Did each start take a number of its own, a reader that sleeps on the first one would wake while the second invalidation
        still runs.`,
      source: `${MN}: mn_itree_inv_start_range`,
      mark: "S",
    },
    {
      id: "RULES 3",
      title: "Only the last end makes the number even",
      text: `An end lowers the count of active ranges. If others remain, or the number is even, it is done. Else it adds one to
        the number, carries out the deferred changes of the tree, unlocks and wakes all waiters.

        An even number too early would thaw the tree while another CPU walks it without a lock.`,
      source: `${MN}: mn_itree_inv_end`,
      mark: "S",
    },
    {
      id: "RULES 4",
      title: "The tree is walked with no lock",
      text: `The step from one notifier to the next takes nothing. What keeps it safe is the odd number, which freezes the tree.

        Anything inserted into the tree or removed from it while the number is odd is memory used after it was freed, or a
        notifier that the walk misses.`,
      source: `${MN}: mn_itree_inv_next`,
      mark: "S",
    },
    {
      id: "RULES 5",
      title: "Callbacks run without the core's lock and without SRCU",
      text: `The interval tree's callbacks are called with neither the spinlock nor SRCU held. They may sleep, take mutexes and
        wait for fences.

        With the spinlock held across a callback, read_begin, insert and remove of whoever the callback waits for would
        deadlock.`,
      source: MN,
      mark: "S",
    },
    {
      id: "RULES 6",
      title: "A notifier's number is odd, the idle number even",
      text: `So the two are never equal while nothing is invalidated, and nobody sleeps for nothing. An insert while idle gives
        the notifier the present number minus one; an insert while a range is active gives it the present number, which is odd
        (RULES 33).

        A notifier with an even number that equals the idle one would send its reader to sleep forever.`,
      source: MN,
      mark: "S",
    },
    {
      id: "RULES 7",
      title: "The callback sets its number, under the user lock, always",
      text: `Every invalidate or invalidate_start that returns true calls mmu_interval_set_seq(sub, cur_seq), whatever else it
        finds, and holds the lock that the reader holds around read_retry. The store is a WRITE_ONCE.

        Left out, a reader commits stale pages, which is use after free. Done outside the lock, a reader checks before and
        commits after.

        One driver bends it: xe_madvise_notifier_callback sets the number for UNMAP alone and without a user lock. That is
        harmless only because nobody reads by that notifier (A).`,
      source: `${MNH}; ${XMA}`,
      mark: "S; A for xe's madvise notifier",
    },
    {
      id: "RULES 8",
      title: "read_begin waits at most once",
      text: `Under the spinlock it reads the notifier's number (READ_ONCE) and compares it with the process's. If they are equal
        it sleeps until the process's number has changed. It returns what it read before it slept, and never loops, so that what
        it returns may be stale already. That is meant: the caller bounds the time.

        A loop inside would be a livelock without bound under a stream of invalidations.`,
      source: MN,
      mark: "S",
    },
    {
      id: "RULES 9",
      title: "Only read_retry under the user lock allows a commit",
      text: `read_retry is a plain comparison of the notifier's number with the reader's, and legal only with the user lock
        held. check_retry is the same with READ_ONCE and no lock: its "stale" is reliable, its "not stale" proves nothing.

        To commit because check_retry did not object is the classic mistake of HMM users.`,
      source: MNH,
      mark: "S",
    },
    {
      id: "RULES 10",
      title: "hmm_range_fault gives up when the number is stale",
      text: `At the top of each round of its walk it asks check_retry and returns -EBUSY if that says stale. An -EBUSY from
        within, when a page was faulted in, only restarts the walk; what lies below the place it had come to is put out already.

        A caller that takes a half-filled array for a whole one maps pages that nobody looked up. From Linux 7.3 the loop around
        it changes: RULES 82.`,
      source: "mm/hmm.c: hmm_range_fault",
      mark: "S",
    },
    {
      id: "RULES 11",
      title: "A reader waits for invalidations that do not concern it",
      text: `Who reads by one notifier waits until all overlapping invalidations of the whole process have ended, not only those
        that hit it. Ranges that follow each other without a gap can keep the count above zero forever; nothing bounds it. The
        same goes for remove.

        To measure: how long read_begin and remove take, by the number of unrelated invalidations at the same time.`,
      source: "follows from RULES 2, 3 and 8",
      mark: "A",
    },
    {
      id: "RULES 12",
      title: "A lock that does not exist stands for the wait",
      text: `read_begin and remove each take and release a lockdep map, __mmu_notifier_invalidate_range_start_map, whether they
        wait or not. The start of a range holds it too, and the end holds it around its work. It means: here somebody could wait
        for a notifier.

        Who calls read_begin or remove with a lock held that some callback takes has a deadlock, and lockdep says so even if
        nobody met anybody.`,
      source: MN,
      mark: "S",
    },
    {
      id: "RULES 13",
      title: "A driver may skip only its own migrations",
      text: `A range says why it is invalidated: UNMAP, CLEAR, PROTECTION_VMA, PROTECTION_PAGE, SOFT_DIRTY, RELEASE, MIGRATE or
        EXCLUSIVE; the last two carry an owner. A driver may ignore MIGRATE and EXCLUSIVE if the owner is itself, and nothing
        else.

        Skipping more leaves stale entries. Not skipping its own MIGRATE is a deadlock with itself, or a flush for nothing.`,
      source: MNH,
      mark: "S",
    },
  ],
} as const satisfies Section;
