import type { Section } from "./rule.ts";
import { K, TLB } from "./sources.ts";

export const TLB_INVAL = {
  title: "xe's TLB invalidations",
  text: `A message to the firmware (GuC) asks for a flush; a number says which; the reply with that number completes it.
    xe_tlb_inval.c is the front end.`,
  rules: [
    {
      id: "RULES 67",
      title: "A fence is pending before its message is sent",
      text: `seqno_lock, a mutex, covers the choice of the number, the queueing and the sending. The fence goes on
        pending_fences, with the time, before the message is sent. (Older code: after it, with a second look.)

        Otherwise the reply can be dealt with before the fence is queued, and the completion is lost until the time-out.`,
      source: TLB,
      mark: "S",
    },
    {
      id: "RULES 68",
      title: "Numbers wrap, skip 0, and compare over half the range",
      text: `A number is one more than the one before it, and wraps. Whether one lies past another is the sign of their
        difference.

        With more than half the range outstanding, a flush would be completed too early.`,
      source: TLB,
      mark: "S",
    },
    {
      id: "RULES 69",
      title: "A reply completes everything up to its number",
      text: `In the interrupt or in the worker for the firmware's messages, under pending_lock with interrupts off: old numbers
        are ignored; WRITE_ONCE of seqno_recv; all pending fences up to it are signalled, in order. That relies on firmware that
        answers in order; one later reply completes the earlier ones too.

        Firmware that answers out of order would report an earlier flush done too soon.`,
      source: TLB,
      mark: "S",
    },
    {
      id: "RULES 70",
      title: "A flush that times out is signalled like one that is done",
      text: `After a quarter of a second (HZ/4) and twice the time in the firmware's queue, expired fences get the error -ETIME
        and are signalled. Waiters do not look at the error, so that a flush that timed out counts as done: a hazard of stale
        translations (A). What the handler does besides is in RULES 89, which replaces the end of an earlier form of this rule.`,
      source: TLB,
      mark: "S; A for the hazard",
    },
    {
      id: "RULES 71",
      title: "A reset signals everything",
      text: "-ECANCELED of a stopped channel is taken for success as well: the TLBs die with the reset.",
      source: TLB,
      mark: "S",
    },
    {
      id: "RULES 72",
      title: "Each tile has two TLBs, and two fences on a stack",
      text: `The primary and the media GT of a tile have a TLB each, so there are two fences. A batch is an array of fences that
        are flagged as being on a stack, with no reference count: they must stay in memory until they are signalled.

        A finish object or batch that is freed before the completion is written to afterwards. Why they are safe at all: RULES
        92.`,
      source: TLB,
      mark: "S",
    },
    {
      id: "RULES 73",
      title: "The time-out's worker must not wait for reclaim",
      text: `It was moved from system_wq to an ordered queue that is safe for reclaim; system_wq is wrong in a path that signals
        fences.

        Otherwise a notifier, called in reclaim, waits for a work item that waits for reclaim. One caller is left: RULES 91.`,
      source: `${TLB}; Brost`,
      mark: "R",
    },
    {
      id: "RULES 89",
      title: "A time-out queues no reset; nobody sees its error",
      text: `Replaces the end of RULES 70. The handler flushes pending replies, logs, sets -ETIME and signals. A late answer is
        ignored as past. Answers that come seconds late have been seen in the field.

        Taken for done without being done as well: a submit that failed (only a warning, and tile_invalidated is set all the
        same); -ECANCELED of a stopped channel; and, since September 2026, any flush of a device that was declared wedged (L).`,
      source: K,
      mark: "S; L for the wedged device",
    },
    {
      id: "RULES 90",
      title: "Of several messages only the last carries the number",
      text: `One flush may be several messages: one for each queue of the VM when they are few, a full flush above 8. The others
        carry an INVALID number, whose reply only re-arms the timer. With nothing in flight a dummy is sent to keep the order.

        To take an INVALID reply for done is a flush believed too early.`,
      source: K,
      mark: "S",
    },
    {
      id: "RULES 91",
      title: "One caller still re-arms the time-out on system_wq",
      text: 'It is the reply that says "not the last" (RULES 73).',
      source: K,
      mark: "S",
    },
    {
      id: "RULES 92",
      title: "A stack fence is safe only through the fence's lock",
      text: `The waiter goes through the lock of the fence before it lets the memory go. To ask without the lock whether it is
        signalled is not enough (RULES 72).`,
      source: K,
      mark: "S",
    },
  ],
} as const satisfies Section;
