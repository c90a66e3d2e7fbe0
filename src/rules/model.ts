import type { Rule } from "./rule.ts";
import { MN } from "./sources.ts";

export const MODEL = {
  id: "RULES 0",
  title: "The notifier core on one page",
  text: `An address space (mm) has one mmu_notifier_subscriptions. It holds the list of classic notifiers, which SRCU protects;
    has_itree, which once true stays true; a spinlock; invalidate_seq, which begins at 2; active_invalidate_ranges, which begins
    at 0; the interval tree; a wait queue; and deferred_list, the changes of the tree that have been put off.

    The count of active ranges and the sequence number together say what may be done; the table has the three states. The number
    is written in two ways only, "or 1" and "plus 1", both under the spinlock. It is a lock of the collide-and-retry kind, with
    many writers at a time.

    The CPU's side. range_start takes the lock, counts the range, makes the number odd if the tree has a notifier that is hit,
    notes the number and unlocks. With no lock of the core it calls each notifier that is hit: the driver takes its user lock,
    sets the notifier's own number (sub.seq) to the noted one, stops the device's use of its entries and unlocks. Then, in the
    second pass, it calls invalidate_finish of those that asked for it, and at last the range_start callbacks of classic
    notifiers. Now the CPU's entries are cleared, its TLBs flushed, pages freed (in which order: RULES 79). range_end takes the
    lock and uncounts the range; if none is left and the number is odd, it adds one and carries out the deferred changes; it
    unlocks, wakes all who wait, and calls range_end of classic notifiers.

    The reader's side, a fault or a bind. seq = read_begin(sub), which may sleep; hmm_range_fault under mmap_lock, -EBUSY if the
    number is stale already; take the user lock; if read_retry(sub, seq), drop it and start over; else commit the device's
    entries and unlock.

    So both passes run inside invalidate_range_start, before any entry of the CPU is cleared. Two passes never move work past
    the point at which the page can go away; they only change the order of the waits within the start.`,
  source: MN,
  mark: "S",
  table: [
    ["state", "active ranges", "number", "may the tree change?", "readers of a notifier that is hit"],
    ["idle", "0", "even", "yes", "run"],
    ["partially excluded", "more than 0", "even", "yes", "run: nothing in the tree was hit"],
    ["fully excluded", "more than 0", "odd", "no: changes go to deferred_list", "sleep in read_begin if sub.seq is the number"],
  ],
} as const satisfies Rule;
