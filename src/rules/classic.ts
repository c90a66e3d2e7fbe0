import type { Section } from "./rule.ts";
import { DOC, MN } from "./sources.ts";

export const CLASSIC = {
  title: "Classic notifiers, SRCU, registration",
  text: `The older kind: a list of notifiers for a whole process, with callbacks at the start and the end of each range. KVM has
    them, and so has nouveau.`,
  rules: [
    {
      id: "RULES 40",
      title: "Classic callbacks run inside one global SRCU domain",
      text: `range_start and range_end may sleep in it. The price: a slow callback in any process delays every synchronize_srcu
        (unregister, release, synchronize) of the whole system (A).`,
      source: MN,
      mark: "S; A for the price",
    },
    {
      id: "RULES 41",
      title: "Registration holds all locks of the process",
      text: `With mmap_lock held for writing: memory is allocated before mm_take_all_locks, the pointer is published with
        smp_store_release, the notifier is put on the list under the spinlock, and has_itree becomes true if no classic notifier
        was given. Since all locks are held, no pair of start and end can lie astride.

        A has_itree that flips between a start and its end makes the count of active ranges underflow to ULONG_MAX.`,
      source: MN,
      mark: "S",
    },
    {
      id: "RULES 42",
      title: "No ops table has both secondary-TLB and range callbacks",
      text: `arch_invalidate_secondary_tlbs together with range_start or range_end: WARN_ONCE and -EINVAL. The check must allow
        for no notifier at all: versions 1 to 3 of the series of 2023 crashed when the first registration was that of an
        interval insert.`,
      source: `${MN}; changelog of v4, msg321706`,
      mark: "S; R for the crash",
    },
    {
      id: "RULES 43",
      title: "A classic notifier is freed only after a grace period",
      text: `unregister calls release under SRCU, unlinks the notifier under the lock, waits for a grace period
        (synchronize_srcu) and drops the mm. get and put count users under the lock; the last put unlinks, and frees by
        call_srcu, then drops the mm. release is called at the end of the process only. A module calls mmu_notifier_synchronize,
        which is synchronize_srcu, before it goes.`,
      source: MN,
      mark: "S",
    },
    {
      id: "RULES 44",
      title: "Release: interval notifiers first, then classic ones",
      text: `__mmu_notifier_release does the tree, then the list. The list's part ends with a grace period, so that exit_mmap
        waits for the release of an unregister that runs at the same time. What is unmapped after it: RULES 84.`,
      source: `${MN}: __mmu_notifier_release`,
      mark: "S",
    },
    {
      id: "RULES 45",
      title: "Secondary-TLB callbacks run under the page-table lock",
      text: `arch_invalidate_secondary_tlbs is called with that spinlock held and must not sleep. It belongs to classic
        notifiers, under SRCU, and never to the interval tree.`,
      source: `${MN}; ${DOC}`,
      mark: "S",
    },
  ],
} as const satisfies Section;
