import { TRACEPOINT_BASE, tracepoints } from "../machine/tracepoint.ts";

/**
 * The kernel's static events. `mm`, `sub`, `lock` are addresses of structures; `start`, `end`, `va` process addresses in
 * bytes, `end` exclusive; `result` is 0 or a negative error.
 */
export const kernelEvents = tracepoints(TRACEPOINT_BASE.kernel, {
  // physical memory
  pageAlloc: ["pfn", "generation", "state"],
  /** Before the generation goes up. */
  pageFree: ["pfn", "generation", "state"],
  /** The copy `to` of page `from` is about to take its place in a page table (copy-on-write). */
  pageCopied: ["from", "to"],
  /** `slot` keeps the content of page `pfn` from now on: nobody can write to the page any more, nobody has read the slot yet. */
  swapOut: ["pfn", "slot"],
  /** Page `pfn` has the content of `slot` and is about to take its place: nobody can reach the page yet. */
  swapIn: ["slot", "pfn"],
  /** The task begins, ends, to take pages away from their users: on behalf of an allocation, or in the background. */
  reclaimBegin: [],
  reclaimEnd: [],
  // CPU page tables
  pteSet: ["mm", "va", "pte", "old_pte"],
  pteClear: ["mm", "va", "old_pte"],
  cpuTlbFlush: ["mm", "start", "end"],
  /** A CPU touched process memory: `kind` as in device_access. */
  cpuAccess: ["mm", "va", "pfn", "kind", "word", "value"],
  // life cycle
  syscallEnter: ["nr", "mm", "arg0", "arg1", "arg2", "arg3"],
  syscallExit: ["nr", "mm", "result"],
  mmCreate: ["mm"],
  mmExit: ["mm"],
  mmDestroy: ["mm"],
  // invalidation, in the order in which one range meets them
  /** On entry, before anything is counted. */
  invalidateRangeStart: ["mm", "start", "end", "event", "blockable", "range"],
  /** Then, of a range that has an owner: who may look away (RULES 13). */
  invalidateOwner: ["range", "owner"],
  /** inv_start_range done: the sequence number that the callbacks will be given; `hit` 1 if some notifier intersects. */
  invalidateSeq: ["mm", "range", "seq", "hit"],
  /** Before a single-pass or start callback. */
  invalidateCall: ["sub", "range", "seq", "two_pass"],
  /**
   * After a single-pass or start callback: `ok` what it returned, `finish` the object it handed out or 0. Designs that walk
   * the tree again have no objects: in them what is to be finished is the notifier itself.
   */
  invalidateCalled: ["sub", "range", "seq", "ok", "finish"],
  /** All start-type callbacks of the range have run. */
  invalidateStartPassDone: ["mm", "range", "result"],
  invalidateFinish: ["sub", "range", "finish"],
  /** In designs with more than two passes: the callback handed out what another one is to finish. */
  invalidateNextPass: ["sub", "range", "finish"],
  invalidateFinished: ["sub", "range", "finish"],
  /** The notifier part of range_start, both passes and the hlist, is over; the caller may now change page tables. */
  invalidateRangeStarted: ["mm", "start", "end", "range", "result"],
  /** On entry of range_end: page tables were changed, pages may have been freed. */
  invalidateRangeEnd: ["mm", "start", "end", "range"],
  /** The process ends: all its notifiers have been told, also classic ones, and its pages may be freed. */
  notifiersReleased: ["mm"],
  /** The sequence number or the count of active ranges changed, under the subscriptions' lock. */
  invalidateState: ["mm", "seq", "active"],
  /** Before a callback of a classic notifier: `op` is HLIST_OP_*, `range` 0 if it is about no range. */
  hlistCall: ["subscription", "op", "range"],
  /** After a range_start, range_end or secondary-TLB callback of a classic notifier. */
  hlistCalled: ["subscription", "op", "range"],
  /** A range_start callback of a classic notifier failed with `error`. */
  hlistStartFailed: ["subscription", "range", "error", "blockable"],
  // interval notifiers
  intervalInsert: ["sub", "mm", "start", "last", "seq", "deferred"],
  intervalInTree: ["sub"],
  intervalRemove: ["sub", "deferred"],
  intervalOutOfTree: ["sub"],
  /** remove() is about to return: no callback of `sub` runs or will run. */
  intervalRemoved: ["sub"],
  intervalSetSeq: ["sub", "seq"],
  /** read_begin is about to sleep, because an invalidation that hit `sub` is under way. */
  readBeginWait: ["sub", "seq"],
  readBegin: ["sub", "seq", "waited"],
  readRetry: ["sub", "seq", "retry"],
  // locks; `mode` 0 exclusive, 1 shared; `tried` 1 if taking it could not have blocked
  lockAcquired: ["lock", "mode", "tried"],
  lockRelease: ["lock", "mode"],
  /** WARN_ON: `what` is a number of kernel/warn.ts. */
  warn: ["what"],
});

export { ACCESS_ADD, ACCESS_READ, ACCESS_WRITE } from "../machine/access_kind.ts";
