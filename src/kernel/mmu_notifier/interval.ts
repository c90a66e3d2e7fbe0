import { init, initU64, loadAcquire, peekU64, read, readOnce, readPtr, writeOnce } from "../../machine/access.ts";
import type { Run } from "../../machine/step.ts";
import { embedded, NULL, type Ptr } from "../../machine/struct.ts";
import { trace } from "../../machine/tracepoint.ts";
import type { Current } from "../current.ts";
import { EINVAL, EOVERFLOW } from "../errno.ts";
import { hlistAddHead, hlistDel } from "../hlist.ts";
import { IntervalTreeNode } from "../interval_tree.ts";
import { spinLock, spinUnlock } from "../locking/spinlock.ts";
import { waitEvent } from "../locking/wait_queue.ts";
import { mmdrop, mmgrab } from "../mm/mm_count.ts";
import { MmStruct } from "../mm/mm_struct.ts";
import { kernelEvents } from "../tracepoints.ts";
import {
  warn,
  WARN_INSERT_IDLE_BUT_SEQ_ODD,
  WARN_INSERT_WITHOUT_MM_USERS,
  warnOnce,
  WARN_REMOVE_NOT_IN_TREE,
  WARN_START_WITHOUT_FINISH,
} from "../warn.ts";
import { isInTree, itreeInsert, itreeRemove } from "./itree.ts";
import { mightWaitForInvalidation } from "./lockdep_map.ts";
import { mmuNotifierRegister, mmuNotifierRegisterLocked } from "./register.ts";
import { MmuIntervalNotifier, MmuNotifierSubscriptions, NotifierGlobals } from "./structs.ts";
import { freezeTree, hasItree, isInvalidating, lockOf, subscriptionsOf, waitQueueOf } from "./subscriptions.ts";

type Subscriptions = Ptr<"mmu_notifier_subscriptions">;
type IntervalSub = Ptr<"mmu_interval_notifier">;

const ULONG_MAX = 2n ** 64n - 1n;

/**
 * From now on let `sub` be told of invalidations of [start, start + length) (bytes) of `mm`, through ops table number
 * `ops`. It may not be in the tree yet on return: only read_begin makes the range safe to use (RULES 34).
 * 0, -EOVERFLOW (no length, or beyond the last byte), -EINVAL (mm is exiting), -ENOMEM, -EINTR. May sleep.
 */
export function* mmuIntervalNotifierInsert(
  current: Current,
  sub: IntervalSub,
  mm: Ptr<"mm_struct">,
  start: bigint,
  length: bigint,
  ops: number,
): Run<number> {
  const table = current.kernel.notifier.intervalOps(ops);
  if (table.invalidateStart !== undefined && table.invalidateFinish === undefined) {
    // only here (RULES 25)
    yield* warnOnce(
      current,
      current.kernel.notifier.globals,
      NotifierGlobals.warnedStartWithoutFinish,
      WARN_START_WITHOUT_FINISH,
    );
  }
  let subscriptions = (yield* loadAcquire(current, mm, MmStruct.notifierSubscriptions)) as Subscriptions; // RULES 35
  if (subscriptions === NULL || !(yield* hasItree(current, subscriptions))) {
    const error = yield* mmuNotifierRegister(current, NULL, mm, 0);
    if (error !== 0) return error;
    subscriptions = yield* subscriptionsOf(current, mm);
  }
  return yield* insert(current, subscriptions, sub, mm, start, length, ops);
}

/** {@link mmuIntervalNotifierInsert} with mmap_lock held for write. */
export function* mmuIntervalNotifierInsertLocked(
  current: Current,
  sub: IntervalSub,
  mm: Ptr<"mm_struct">,
  start: bigint,
  length: bigint,
  ops: number,
): Run<number> {
  let subscriptions = yield* subscriptionsOf(current, mm);
  if (subscriptions === NULL || !(yield* hasItree(current, subscriptions))) {
    const error = yield* mmuNotifierRegisterLocked(current, NULL, mm, 0);
    if (error !== 0) return error;
    subscriptions = yield* subscriptionsOf(current, mm);
  }
  return yield* insert(current, subscriptions, sub, mm, start, length, ops);
}

/** RULES 32, 33. */
function* insert(
  current: Current,
  subscriptions: Subscriptions,
  sub: IntervalSub,
  mm: Ptr<"mm_struct">,
  start: bigint,
  length: bigint,
  ops: number,
): Run<number> {
  const node = embedded(sub, MmuIntervalNotifier.intervalTree);
  const last = start + length - 1n;
  init(current, sub, MmuIntervalNotifier.mm, mm);
  init(current, sub, MmuIntervalNotifier.ops, ops);
  initU64(current, node, IntervalTreeNode.start, start);
  initU64(current, node, IntervalTreeNode.last, last);
  if (length === 0n || last > ULONG_MAX) return EOVERFLOW;
  if ((yield* readOnce(current, mm, MmStruct.mmUsers)) <= 0) {
    warn(current, WARN_INSERT_WITHOUT_MM_USERS);
    return EINVAL;
  }
  yield* mmgrab(current, mm);
  yield* spinLock(current, lockOf(subscriptions));
  if ((yield* read(current, subscriptions, MmuNotifierSubscriptions.activeInvalidateRanges)) === 0) {
    yield* insertIdle(current, subscriptions, sub);
  } else {
    yield* insertDuringInvalidation(current, subscriptions, sub, mm);
  }
  yield* spinUnlock(current, lockOf(subscriptions));
  return 0;
}

/** The number is the last invalidation's: odd, and over (RULES 6). */
function* insertIdle(current: Current, subscriptions: Subscriptions, sub: IntervalSub): Run<void> {
  if (yield* isInvalidating(current, subscriptions)) warn(current, WARN_INSERT_IDLE_BUT_SEQ_ODD);
  const seq = (yield* read(current, subscriptions, MmuNotifierSubscriptions.invalidateSeq)) - 1;
  yield* writeOnce(current, sub, MmuIntervalNotifier.invalidateSeq, seq | 0);
  traceInsert(current, sub, seq, false);
  yield* itreeInsert(current, subscriptions, sub);
}

/**
 * Some range is under way and was perhaps counted before `sub` could be seen: readers of `sub` have to wait until it is
 * over, so the number is the present one, odd, also if that takes freezing the tree here and now (RULES 33).
 */
function* insertDuringInvalidation(
  current: Current,
  subscriptions: Subscriptions,
  sub: IntervalSub,
  mm: Ptr<"mm_struct">,
): Run<void> {
  const isFrozen = yield* isInvalidating(current, subscriptions);
  if (!isFrozen) yield* freezeTree(current, mm, subscriptions);
  const seq = yield* read(current, subscriptions, MmuNotifierSubscriptions.invalidateSeq);
  yield* writeOnce(current, sub, MmuIntervalNotifier.invalidateSeq, seq);
  traceInsert(current, sub, seq, isFrozen);
  if (!isFrozen) yield* itreeInsert(current, subscriptions, sub);
  else
    yield* hlistAddHead(
      current,
      subscriptions,
      MmuNotifierSubscriptions.deferredList,
      embedded(sub, MmuIntervalNotifier.deferredItem),
    );
}

/**
 * After return no callback of `sub` runs or will run, and its memory may be freed. Waits for all invalidations of the mm
 * that overlap, so never from a callback of that mm, nor under a lock that one takes (RULES 36, 38).
 */
export function* mmuIntervalNotifierRemove(current: Current, sub: IntervalSub): Run<void> {
  const mm = yield* readPtr<"mmu_interval_notifier", "mm_struct">(current, sub, MmuIntervalNotifier.mm);
  const subscriptions = yield* subscriptionsOf(current, mm);
  yield* spinLock(current, lockOf(subscriptions));
  const frozenSeq = yield* removeOrDefer(current, subscriptions, sub);
  yield* spinUnlock(current, lockOf(subscriptions));
  mightWaitForInvalidation(current);
  if (frozenSeq !== 0) {
    yield* waitEvent(current, waitQueueOf(subscriptions), () => seqReleased(current, subscriptions, frozenSeq));
  }
  trace(current, kernelEvents.intervalRemoved, sub);
  yield* mmdrop(current, mm);
}

/** Under the lock. 0, or the odd number that has to pass before `sub` is out of the tree. */
function* removeOrDefer(current: Current, subscriptions: Subscriptions, sub: IntervalSub): Run<number> {
  const item = embedded(sub, MmuIntervalNotifier.deferredItem);
  const isFrozen = yield* isInvalidating(current, subscriptions);
  const isInside = yield* isInTree(current, sub);
  trace(current, kernelEvents.intervalRemove, sub, isFrozen && isInside ? 1 : 0);
  if (isFrozen && isInside) {
    yield* hlistAddHead(current, subscriptions, MmuNotifierSubscriptions.deferredList, item);
    return yield* read(current, subscriptions, MmuNotifierSubscriptions.invalidateSeq);
  }
  if (isFrozen)
    yield* hlistDel(current, item); // it was still waiting to be inserted
  else if (isInside) yield* itreeRemove(current, subscriptions, sub);
  else warn(current, WARN_REMOVE_NOT_IN_TREE);
  return 0;
}

/** Takes the lock: who makes the number even still holds it while the deferred list is applied (RULES 37). */
function* seqReleased(current: Current, subscriptions: Subscriptions, seq: number): Run<boolean> {
  yield* spinLock(current, lockOf(subscriptions));
  const now = yield* read(current, subscriptions, MmuNotifierSubscriptions.invalidateSeq);
  yield* spinUnlock(current, lockOf(subscriptions));
  return now !== seq;
}

/**
 * In every callback that returns true, under the lock that the reader holds around read_retry (RULES 7): whoever read
 * before now has to start over.
 */
export function* mmuIntervalSetSeq(current: Current, sub: IntervalSub, seq: number): Run<void> {
  yield* writeOnce(current, sub, MmuIntervalNotifier.invalidateSeq, seq);
  trace(current, kernelEvents.intervalSetSeq, sub, seq);
}

function traceInsert(current: Current, sub: IntervalSub, seq: number, isDeferred: boolean): void {
  const { words } = current;
  const node = embedded(sub, MmuIntervalNotifier.intervalTree);
  const start = Number(peekU64(words, node + IntervalTreeNode.start));
  const last = Number(peekU64(words, node + IntervalTreeNode.last));
  trace(current, kernelEvents.intervalInsert, sub, words[sub + MmuIntervalNotifier.mm], start, last, seq, isDeferred ? 1 : 0);
}
