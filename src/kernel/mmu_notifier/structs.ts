import { struct, u32 } from "../../machine/struct.ts";
import { HlistNode } from "../hlist.ts";
import { IntervalTreeNode } from "../interval_tree.ts";
import { Mutex } from "../locking/mutex.ts";
import { Spinlock } from "../locking/spinlock.ts";
import { WaitQueue } from "../locking/wait_queue.ts";
import { SrcuHead } from "../srcu.ts";

/** What an address space with notifiers has: RULES 0 is its one-page model. */
export const MmuNotifierSubscriptions = struct("mmu_notifier_subscriptions", {
  /** Classic notifiers; changed under `lock`, walked under SRCU. */
  list: u32,
  /** Sticky: an interval notifier was inserted once, so ranges are counted (RULES 41). */
  hasItree: u32,
  lock: Spinlock,
  /** Odd while the tree is frozen because callbacks run (RULES 2, 3, 4). */
  invalidateSeq: u32,
  /** Ranges between start and end. Below 0 only after a range_end too many. */
  activeInvalidateRanges: u32,
  /** Root of the tree of interval notifiers. */
  itree: u32,
  /** read_begin and remove wait here for `invalidateSeq` to change. */
  wq: WaitQueue,
  /** Interval notifiers that wait to be inserted or removed until the tree thaws (RULES 39). */
  deferredList: u32,
});

/** Embedded by a driver in what it mirrors. */
export const MmuIntervalNotifier = struct("mmu_interval_notifier", {
  intervalTree: IntervalTreeNode,
  /** Number of its ops table. */
  ops: u32,
  mm: u32,
  deferredItem: HlistNode,
  /** Of the last invalidation that reached it; always odd (RULES 6). */
  invalidateSeq: u32,
});

/** Embedded by a driver in what it keeps from the first pass to the second. */
export const MmuIntervalNotifierFinish = struct("mmu_interval_notifier_finish", {
  /** Next in the list of the range under invalidation. */
  link: u32,
  /** Filled in by the core (RULES 16). */
  notifier: u32,
});

/** The same in designs with any number of passes. */
export const MmuIntervalNotifierPass = struct("mmu_interval_notifier_pass", {
  /** Next in the list of the range under invalidation, or of what is ready. */
  link: u32,
  /** Number of the function that carries it out. */
  pass: u32,
  /** Filled in by the core. */
  notifier: u32,
  /** Whom to tell that it is ready, in designs that ask. */
  waiter: u32,
});

/** One for each task: the passes of its invalidation that are ready, the latest first. */
export const PassWaiter = struct("pass_waiter", { ready: u32 });

/** A classic notifier, told of everything in its mm. */
export const MmuNotifier = struct("mmu_notifier", {
  hlist: HlistNode,
  /** Number of its ops table. */
  ops: u32,
  mm: u32,
  /** Counted by get and put, under the subscriptions' lock. */
  users: u32,
  rcu: SrcuHead,
});

/** One for the whole machine. */
export const NotifierGlobals = struct("mmu_notifier_globals", {
  /** `mm_all_locks_mutex`: only one task at a time takes all locks of an mm. */
  allLocksMutex: Mutex,
  /** Warnings that are given once, and whether they were. */
  warnedStartWithoutFinish: u32,
  warnedArchTlbAndRangeOps: u32,
});
