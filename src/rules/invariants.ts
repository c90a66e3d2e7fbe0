import type { Rule, Section } from "./rule.ts";

const DERIVED = "derived from the rules named";

export const INVARIANTS = {
  id: "RULES e",
  title: "What must hold at run time",
  text: `The invariants I1 to I28 are what the rules come to when a machine runs: conditions that a check can look at. Most of
    them are watched by an oracle in src/check; a report names the one that was broken.`,
  source: DERIVED,
} as const satisfies Rule;

export const CORE_INVARIANTS = {
  title: "Of the notifier core",
  text: "The count of active ranges, the numbers, the tree.",
  rules: [
    {
      id: "I1",
      title: "The active count is starts without an end, never negative",
      text: `At all times. After a non-blocking start that failed it is what it was before (RULES 28).`,
      source: `${DERIVED}: RULES 1, 3, 28`,
    },
    {
      id: "I2",
      title: "The number is odd only while a range is active",
      text: 'With no range active it is even. It never goes down, and changes only by "or 1" and "plus 1".',
      source: `${DERIVED}: RULES 1 to 3`,
    },
    {
      id: "I3",
      title: "The tree does not change while the number is odd",
      text: `The set of its nodes is the same when the number becomes odd and when it is about to become even, before deferred
        changes are made.`,
      source: `${DERIVED}: RULES 4, 33`,
    },
    {
      id: "I4",
      title: "A notifier's number is always odd",
      text: "So while nothing is invalidated it differs from that of the process, which is even.",
      source: `${DERIVED}: RULES 6`,
    },
    {
      id: "I5",
      title: "When the last range has ended nothing is deferred",
      text: "deferred_list is empty once the end that brought the count to 0 has done its work.",
      source: `${DERIVED}: RULES 3, 39`,
    },
    {
      id: "I6",
      title: "A start that returns true leaves its number behind",
      text: `It was given the range's number, and the notifier's number equals it when the callback returns, unless a later
        invalidation has overwritten it with a larger odd one.`,
      source: `${DERIVED}: RULES 7`,
    },
    {
      id: "I7",
      title: "After remove no callback of the notifier runs",
      text: "Neither start nor finish nor invalidate.",
      source: `${DERIVED}: RULES 36`,
    },
    {
      id: "I8",
      title: "A callback is entered with no lock of the core held",
      text: "No spinlock of the core; for the interval tree no SRCU either.",
      source: `${DERIVED}: RULES 5`,
    },
    {
      id: "I9",
      title: "No callback sleeps in a range that must not block",
      text: "Counted by the waits.",
      source: `${DERIVED}: RULES 27, 29`,
    },
  ],
} as const satisfies Section;

export const TWO_PASS_INVARIANTS = {
  title: "Of two passes",
  text: "Starts and finishes, and the objects between them.",
  rules: [
    {
      id: "I10",
      title: "Every start that asks for a finish gets one, in order",
      text: `For each range: as many finishes as starts that returned true with an object; none lost on -EAGAIN; each exactly
        once; in the order of starts; after the last start; before classic notifiers; before the range ends.`,
      source: `${DERIVED}: RULES 16, 17, 24, 28`,
    },
    {
      id: "I11",
      title: "A finish object is in at most one list",
      text: "finish_inuse is true from start to finish, and false otherwise. At quiescence no in-use flag is set.",
      source: `${DERIVED}: RULES 16, 20`,
    },
    {
      id: "I12",
      title: "A start that refuses hands out no finish object",
      text: "The pointer is NULL on entry; false with an object set deserves a warning.",
      source: `${DERIVED}: RULES 15, 16`,
    },
    {
      id: "I13",
      title: "invalidate_start comes with invalidate_finish",
      text: "On both variants of insert.",
      source: `${DERIVED}: RULES 25`,
    },
    {
      id: "I14",
      title: "Join: after range_start no device translates the range",
      text: `When the notifier part of range_start has returned for a range, no device has a TLB entry in it, and no flush that
        covers it is in flight and not complete. The oracle "join" watches it.`,
      source: `${DERIVED}: RULES 21`,
    },
  ],
} as const satisfies Section;

export const MEMORY_INVARIANTS = {
  title: "Of memory safety",
  text: "What it is all for.",
  rules: [
    {
      id: "I15",
      title: "No page is freed while a device maps it",
      text: `Neither by a TLB nor by an entry of its page table. A device's access through a stale entry to a page that was
        freed is a violation: every physical page has a generation, and each access compares. The main oracle, "stale-access",
        watches it.`,
      source: `${DERIVED}: the purpose of notifiers`,
    },
    {
      id: "I16",
      title: "Between range_start and range_end nothing becomes valid",
      text: "No device's entry in the range: a commit happens only if read_retry allows it, under the user lock.",
      source: `${DERIVED}: RULES 7 to 9, 22`,
    },
    {
      id: "I17",
      title: "A commit's number is the notifier's, and not in progress",
      text: `At the commit the notifier's number is the one that the reader saw, and it is not at the same time the odd number
        of the process, which would mean: inside an invalidation that hit me.`,
      source: `${DERIVED}: RULES 8, 9`,
    },
    {
      id: "I18",
      title: "A page is DMA-unmapped only after its flush",
      text: "After the TLB flush that covers it was complete.",
      source: `${DERIVED}: RULES 49, 61`,
    },
    {
      id: "I19",
      title: "An entry that a job writes is fenced before the unlock",
      text: "The job's fence is in the reservation before the user lock is dropped.",
      source: `${DERIVED}: RULES 65`,
    },
    {
      id: "I20",
      title: "A device never reads the new page before the old one's end",
      text: "The order of memory in case (B) of RULES 77: not new(B) before new(A).",
      source: `${DERIVED}: RULES 77`,
    },
  ],
} as const satisfies Section;

export const DEVICE_INVARIANTS = {
  title: "Of drivers and TLBs",
  text: "Completions, locks, progress.",
  rules: [
    {
      id: "I21",
      title: "No flush is reported done before the hardware did it",
      text: `A completion signals no fence with a number above seqno_recv, and no fence is signalled before its flush was really
        finished in the simulated hardware. Time-outs are counted separately.`,
      source: `${DERIVED}: RULES 68 to 70`,
    },
    {
      id: "I22",
      title: "A batch stays in memory until its fences are signalled",
      text: "All of them.",
      source: `${DERIVED}: RULES 72`,
    },
    {
      id: "I23",
      title: "The order of locks has no circle",
      text: `Of the locks of RULES b, the pseudo-lock of RULES b 6 included. And nobody waits with one of RULES b 9, 10, 13, 14
        or 15 held, which are spinlocks.`,
      source: `${DERIVED}: RULES b`,
    },
    {
      id: "I24",
      title: "Nobody waits for notifiers with a callback's lock held",
      text: "read_begin and remove are not called by who holds a lock that some callback has taken.",
      source: `${DERIVED}: RULES 12, 38`,
    },
    {
      id: "I25",
      title: "Waits end soon after the last invalidation",
      text: `Every read_begin, remove and finish returns within a bound after the last unrelated invalidation has stopped. While
        they go on, the worst latency is recorded (RULES 11).`,
      source: `${DERIVED}: RULES 11`,
    },
    {
      id: "I26",
      title: "Every callback returns true where it may block",
      text: "In a blockable range a refusal is a bug of the driver.",
      source: `${DERIVED}: RULES 30`,
    },
  ],
} as const satisfies Section;

export const SECONDARY_TLB_INVARIANTS = {
  title: "Of secondary TLBs",
  text: "The lessons of 2014, 2023 and 2025 (RULES g).",
  rules: [
    {
      id: "I27",
      title: "A secondary flush comes after the clear, before the free",
      text: "And never with start equal to end for a flush that is not empty, which was a bug of a macro on arm64.",
      source: `${DERIVED}: RULES 77, RULES g`,
    },
    {
      id: "I28",
      title: "A page-table page is freed after the walk caches",
      text: "After they were flushed, that is.",
      source: `${DERIVED}: RULES g`,
    },
  ],
} as const satisfies Section;
