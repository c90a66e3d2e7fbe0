import { ACCESS_NAMES } from "../machine/access_kind.ts";
import { FRAME_STATE_NAMES } from "../machine/physical.ts";
import { defineEvents } from "../machine/tracepoint.ts";
import { HLIST_OP_NAMES } from "./mmu_notifier/hlist_op.ts";
import { MMU_NOTIFY_NAMES } from "./mmu_notifier/types.ts";
import { WARN_NAMES } from "./warn_code.ts";

const LOCK_MODE_NAMES = ["exclusive", "shared"] as const;

/**
 * The kernel's static events. `end` is exclusive, `last` inclusive; `range` is a number, unique among the ranges of a task.
 */
export const kernelEvents = defineEvents("kernel", {
  // physical memory
  pageAlloc: { pfn: "pfn", generation: "number", state: FRAME_STATE_NAMES },
  /** Before the generation goes up. */
  pageFree: { pfn: "pfn", generation: "number", state: FRAME_STATE_NAMES },
  /** The copy `to` of page `from` is about to take its place in a page table (copy-on-write). */
  pageCopied: { from: "pfn", to: "pfn" },
  /** `slot` keeps the content of page `pfn` from now on: nobody can write to the page any more, nobody has read the slot yet. */
  swapOut: { pfn: "pfn", slot: "number" },
  /** Page `pfn` has the content of `slot` and is about to take its place: nobody can reach the page yet. */
  swapIn: { slot: "number", pfn: "pfn" },
  /** The task begins, ends, to take pages away from their users: on behalf of an allocation, or in the background. */
  reclaimBegin: {},
  reclaimEnd: {},
  // CPU page tables
  pteSet: { mm: "mm", va: "va", pte: "pte", oldPte: "pte" },
  pteClear: { mm: "mm", va: "va", oldPte: "pte" },
  cpuTlbFlush: { mm: "mm", start: "va", end: "va" },
  /** A CPU touched process memory. */
  cpuAccess: { mm: "mm", va: "va", pfn: "pfn", kind: ACCESS_NAMES, word: "number", value: "number" },
  // life cycle
  syscallEnter: { nr: "number", mm: "mm", arg0: "number", arg1: "number", arg2: "number", arg3: "number" },
  syscallExit: { nr: "number", mm: "mm", result: "number" },
  mmCreate: { mm: "mm" },
  mmExit: { mm: "mm" },
  mmDestroy: { mm: "mm" },
  // invalidation, in the order in which one range meets them
  /** On entry, before anything is counted. */
  invalidateRangeStart: { mm: "mm", start: "va", end: "va", event: MMU_NOTIFY_NAMES, blockable: "flag", range: "number" },
  /** Then, of a range that has an owner: who may look away (RULES 13). */
  invalidateOwner: { range: "number", owner: "number" },
  /** inv_start_range done: the sequence number that the callbacks will be given; `hit`: some notifier intersects. */
  invalidateSeq: { mm: "mm", range: "number", seq: "number", hit: "flag" },
  /** Before a single-pass or start callback. */
  invalidateCall: { sub: "object", range: "number", seq: "number", twoPass: "flag" },
  /**
   * After a single-pass or start callback: `ok` what it returned, `finish` the object it handed out or 0. Designs that walk
   * the tree again have no objects: in them what is to be finished is the notifier itself.
   */
  invalidateCalled: { sub: "object", range: "number", seq: "number", ok: "flag", finish: "object" },
  /** All start-type callbacks of the range have run. */
  invalidateStartPassDone: { mm: "mm", range: "number", result: "errno" },
  invalidateFinish: { sub: "object", range: "number", finish: "object" },
  /** In designs with more than two passes: the callback handed out what another one is to finish. */
  invalidateNextPass: { sub: "object", range: "number", finish: "object" },
  invalidateFinished: { sub: "object", range: "number", finish: "object" },
  /** The notifier part of range_start, both passes and the hlist, is over; the caller may now change page tables. */
  invalidateRangeStarted: { mm: "mm", start: "va", end: "va", range: "number", result: "errno" },
  /** On entry of range_end: page tables were changed, pages may have been freed. */
  invalidateRangeEnd: { mm: "mm", start: "va", end: "va", range: "number" },
  /** The process ends: all its notifiers have been told, also classic ones, and its pages may be freed. */
  notifiersReleased: { mm: "mm" },
  /** The sequence number or the count of active ranges changed, under the subscriptions' lock. */
  invalidateState: { mm: "mm", seq: "number", active: "number" },
  /** Before a callback of a classic notifier; `range` 0 if it is about no range. */
  hlistCall: { subscription: "object", op: HLIST_OP_NAMES, range: "number" },
  /** After a range_start, range_end or secondary-TLB callback of a classic notifier. */
  hlistCalled: { subscription: "object", op: HLIST_OP_NAMES, range: "number" },
  /** A range_start callback of a classic notifier failed with `error`. */
  hlistStartFailed: { subscription: "object", range: "number", error: "errno", blockable: "flag" },
  // interval notifiers
  intervalInsert: { sub: "object", mm: "mm", start: "va", last: "va", seq: "number", deferred: "flag" },
  intervalInTree: { sub: "object" },
  intervalRemove: { sub: "object", deferred: "flag" },
  intervalOutOfTree: { sub: "object" },
  /** remove() is about to return: no callback of `sub` runs or will run. */
  intervalRemoved: { sub: "object" },
  intervalSetSeq: { sub: "object", seq: "number" },
  /** read_begin is about to sleep, because an invalidation that hit `sub` is under way. */
  readBeginWait: { sub: "object", seq: "number" },
  readBegin: { sub: "object", seq: "number", waited: "flag" },
  readRetry: { sub: "object", seq: "number", retry: "flag" },
  // locks; `tried`: taking it could not have blocked
  lockAcquired: { lock: "object", mode: LOCK_MODE_NAMES, tried: "flag" },
  lockRelease: { lock: "object", mode: LOCK_MODE_NAMES },
  /** WARN_ON. */
  warn: { what: WARN_NAMES },
});

export { ACCESS_ADD, ACCESS_READ, ACCESS_WRITE } from "../machine/access_kind.ts";
