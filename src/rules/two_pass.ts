import type { Section } from "./rule.ts";
import { MN, MNH, P1, V2, V3, V4 } from "./sources.ts";

export const TWO_PASS = {
  title: "Two passes",
  text: `invalidate_start begins what takes long, invalidate_finish waits for it. Read in mn_itree_invalidate,
    mn_itree_finish_pass and the documentation of the ops table.`,
  rules: [
    {
      id: "RULES 14",
      title: "invalidate_start is called instead of invalidate",
      text: `If the ops table has invalidate_start, that is what is called, and invalidate is not. Notifiers of both styles may
        stand in one tree.`,
      source: `${MN}; ${MNH}`,
      mark: "S",
    },
    {
      id: "RULES 15",
      title: "No finish object means that everything is done",
      text: `The pointer to the finish object is NULL when invalidate_start is entered, since the core clears it each time. If
        it is NULL on return, the notifier has done everything, as invalidate would. The core has nothing to fall back on: the
        notifier must do the work itself.`,
      source: `${MN}; the words of the documentation came with the ${V4}, at Hildenbrand's request`,
      mark: "S",
    },
    {
      id: "RULES 16",
      title: "Only true with a finish object is queued",
      text: `The core queues the object if the callback returned true and set one: it fills in the notifier and pushes it on a
        list that lives on its stack.

        A callback that returns false with an object set loses it: the driver's in-use flag stays set forever, or the object
        leaks. The core does not check (A).`,
      source: MN,
      mark: "S; A for what follows from false",
    },
    {
      id: "RULES 17",
      title: "Finishes run in the order of starts, after all of them",
      text: `Objects are pushed on a list and the list is reversed once, so that finishes come in the order of starts, which is
        that of the tree: by start address, then as the tree has it. (The ${P1} appended instead, with the same result.)

        A finish runs strictly after every start and every invalidate of its range in this process, on the same CPU and thread.`,
      source: MN,
      mark: "S",
    },
    {
      id: "RULES 18",
      title: "A finish may free or re-use its own object",
      text: `The core has taken the next one off the list before it calls. Once the driver has cleared its in-use flag and
        dropped its lock, it must not touch the object again, for it may be in use by the next invocation (A).`,
      source: MN,
      mark: "S; A for not touching it afterwards",
    },
    {
      id: "RULES 19",
      title: "A finish cannot fail, and sees neither range nor number",
      text: `Whatever it needs, the start must have stored for this very invocation. Its other arguments were removed in the
        second posting.`,
      source: `${MNH}; ${V2}`,
      mark: "S",
    },
    {
      id: "RULES 20",
      title: "A notifier may be started again before its finish ran",
      text: `By another CPU, for another range, and usually with the same number (RULES 2). So each invocation needs an object
        of its own, or has to do its work at once.

        An object that is shared is linked twice: the list is corrupt and a finish is lost.`,
      source: `Brost, 18 Aug 2025; documentation of the ${P1} and of the ${V2}`,
      mark: "R",
    },
    {
      id: "RULES 21",
      title: "A later invocation waits for the earlier one's hardware",
      text: `An invocation must not return while hardware work that an earlier one began, and that covers its range, still runs.
        This is written nowhere. It followed by itself when all work was done under the user lock.

        Otherwise a page is freed while the first invocation's TLB flush is in flight.`,
      source: "no text; I14 is the invariant that it comes to",
      mark: "A",
    },
    {
      id: "RULES 22",
      title: "What a commit asks is false from the start on",
      text: `The user lock is dropped between start and finish, and a reader may commit in that window. A commit that asks
        read_retry is safe: the start has set the notifier's number, and read_begin sleeps until range_end. A commit that looks
        only at a flag "pages valid", which the finish clears, is not (RULES 62).`,
      source: "follows from RULES 7, 8 and 9",
      mark: "A",
    },
    {
      id: "RULES 23",
      title: "A single-pass notifier holds up all behind it",
      text: `Its wait sits between two starts, so that the devices after it start late. Finishes are serial too. What two passes
        gain is the longest of the hardware's latencies in place of their sum; the software's shares still add up.`,
      source: "follows from the order of the code",
      mark: "A",
    },
    {
      id: "RULES 24",
      title: "Starts, then finishes, then classic notifiers",
      text: `At the start of a range: all starts of the interval tree, all finishes, then range_start of the classic notifiers.
        At its end: the tree first, then range_end of the classic ones. nouveau relies on "classic after interval", as a comment
        there says.

        A classic notifier between start and finish would let nouveau program the hardware in between.`,
      source: `${MN}; comment in nouveau_svm.c`,
      mark: "S",
    },
    {
      id: "RULES 25",
      title: "Only the plain insert warns of a missing finish",
      text: `mmu_interval_notifier_insert has a WARN_ON_ONCE for an ops table with invalidate_start and without
        invalidate_finish. mmu_interval_notifier_insert_locked has none: there the missing finish is a call of NULL.`,
      source: `${MN}; the warning came with the ${V3}`,
      mark: "S",
    },
    {
      id: "RULES 26",
      title: "Release has two passes too, over all notifiers",
      text: `mn_itree_release invalidates everything, 0 to ULONG_MAX, as event RELEASE and blockable; it warns if a callback
        returns false, runs the finish pass and ends the range. All notifiers of the process are started before any is finished:
        the longest pipeline, and the worst case for the number of finish objects.`,
      source: `${MN}: mn_itree_release`,
      mark: "S",
    },
  ],
} as const satisfies Section;
