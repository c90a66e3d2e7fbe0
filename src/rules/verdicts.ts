import type { Rule, Section } from "./rule.ts";

export const WORDS = {
  id: "words",
  title: "Rules that are words",
  text: `What a report calls a failure that no number names: the oracles of data, the sanitizers of the explorer, and the ways
    in which nobody gets on.`,
  source: "of this project",
} as const satisfies Rule;

export const ORACLE_WORDS = {
  title: "Objections of oracles",
  text: "They know what is right, and listen to the tracepoints of the machine.",
  rules: [
    {
      id: "stale-access",
      title: "A device touches only what the process maps there now",
      text: `At each access of a GPU, the process maps at that address, at that moment, the same frame with the permission that
        the access needs, and the frame was not freed since the translation was made. Otherwise a device reads or writes memory
        that belongs to somebody else.`,
      source: "I15; src/check/oracle/memory/stale_access.ts",
    },
    {
      id: "join",
      title: "When range_start has returned, no TLB has the range",
      text: `No device has a translation in the range, whoever sent the flush that was to remove it. Otherwise pages are freed
        while a flush is in flight. A translation that a GPU has that stands still counts only when that GPU goes on.`,
      source: "I14, RULES 21; src/check/oracle/memory/join.ts",
    },
    {
      id: "lost-data",
      title: "Whoever reads finds what was written last",
      text: `Beside each data word stands what the process must find there. A write that went to the wrong frame, or into a page
        that had been copied already, shows as a difference.`,
      source: "BUGS 46; src/check/oracle/memory/lost_data.ts",
    },
    {
      id: "balance",
      title: "At quiescence everything has been given back",
      text: `When all processes are gone and all devices closed: every frame, swap slot and slab object is free, every count of
        ranges is 0. In a hunt this failure is of the kind "leak".`,
      source: "RULES e; src/check/oracle/balance.ts",
    },
    {
      id: "WARN",
      title: "No WARN_ON of the kernel fires",
      text: `The kernel goes on after it, but somebody broke a rule: a callback refused where it may block, a notifier was
        removed that is not in the tree, an ops table cannot be (RULES 25, RULES 30, RULES 32, RULES 36, RULES 42). The message
        says which.`,
      source: "src/kernel/warn.ts; src/check/oracle/events/warnings.ts",
    },
  ],
} as const satisfies Section;

export const SANITIZER_WORDS = {
  title: "Objections of sanitizers",
  text: "They know only how memory, locks and waits work, and watch each step of a hunt.",
  rules: [
    {
      id: "use-after-free",
      title: "Nobody touches an object that was freed",
      text: "A step names a word of a slab object or frame that is free. The report says who allocated it and who freed it.",
      source: "in the manner of KASAN; src/executor/explorer/sanitizer/shadow_memory.ts",
    },
    {
      id: "out-of-bounds",
      title: "Nobody touches memory that was never allocated",
      text: "A step names a word beyond an object, in an object that nobody has allocated, or where no memory is.",
      source: "in the manner of KASAN; src/executor/explorer/sanitizer/shadow_memory.ts",
    },
    {
      id: "data-race",
      title: "A plain access and a write are ordered",
      text: `Two accesses to one word by two tasks, at least one of them plain and at least one of them a write, and nothing
        that says which comes first: no lock, no release and acquire, no wake-up. The name of the field follows in the report.
        Allocating and freeing an object are writes to it. Races that are meant to be stand in src/check/oracle/benign_races.ts.`,
      source: "in the manner of KCSAN; src/executor/explorer/sanitizer/data_race.ts",
    },
    {
      id: "lock-order",
      title: "Locks are taken in one order",
      text: `Locks, by class, are taken in orders that go round in a circle. Two tasks that meet in between wait forever; it is
        reported even if nobody met anybody. The rule is I23, and a wait for somebody counts as a lock that it holds.`,
      source: "in the manner of lockdep; src/check/oracle/locks/lock_order.ts",
    },
    {
      id: "atomic-sleep",
      title: "Nobody sleeps in atomic context",
      text: `Who holds a spinlock, or is where blocking is forbidden, does what might sleep: takes a mutex, allocates with
        GFP_KERNEL, waits for a fence, a notifier or a grace period. Reported whether it slept this time or not.`,
      source: "I23, RULES b; src/check/oracle/locks/atomic_sleep.ts",
    },
    {
      id: "leak",
      title: "What was taken is given back",
      text: 'The kind of failure whose rule is "balance".',
      source: "RULES e; src/check/oracle/balance.ts",
    },
  ],
} as const satisfies Section;

export const ENDING_WORDS = {
  title: "Nobody gets on",
  text: "How an execution ends that does not come to its end, and how one ends that code cut off.",
  rules: [
    {
      id: "deadlock",
      title: "Somebody can always go on",
      text: `Nobody can run, nobody sleeps for a time only, somebody has not ended, and waking does not help. The report says
        who holds what.`,
      source: "src/executor/explorer/liveness/deadlock.ts",
    },
    {
      id: "partial-deadlock",
      title: "No circle of waiters, even if others still run",
      text: "Some wait for each other in a circle, forever, while others go on.",
      source: "src/executor/explorer/liveness/deadlock.ts",
    },
    {
      id: "lost-wakeup",
      title: "Nobody sleeps on after what it waits for has happened",
      text: "It was woken before it slept, or was never told: woken now for no reason, it would go on to its end.",
      source: "src/executor/explorer/liveness/lost_wakeup.ts",
    },
    {
      id: "livelock",
      title: "Under a fair schedule somebody gets somewhere",
      text: "All keep running, nobody waits in a circle, and the same states come round and round.",
      source: "src/executor/explorer/engine/livelock.ts",
    },
    {
      id: "hang",
      title: "On threads something moves within the time-out",
      text: `A stress run stood still longer than its time-out. The report says who was blocked, for how long, by whom, and in
        which rings. What went on without being asked to stop counts too.`,
      source: "src/executor/threads/hang_report.ts",
    },
    {
      id: "stuck",
      title: "A run on one thread comes to its end",
      text: `In the list of what a seeded bug breaks: a long random run on one thread deadlocks, or takes more steps than it
        may.`,
      source: "src/boot/one_thread.ts",
    },
    {
      id: "exception",
      title: "Protocol code does not throw",
      text: `What it met cannot be: a word without memory, an object without its callback. The name of the error stands in place
        of a rule.`,
      source: "src/executor/explorer/engine/run.ts",
    },
    {
      id: "assertion",
      title: "A small program's assertion holds",
      text: "Of programs that are written for the explorer itself, such as those of SCTBench.",
      source: "src/executor/explorer/program",
    },
    {
      id: "violation",
      title: "An oracle objected",
      text: "The kind of failure whose rule is a number (I10, RULES 28) or one of the words of oracles.",
      source: "src/executor/explorer/engine/failure.ts",
    },
  ],
} as const satisfies Section;
