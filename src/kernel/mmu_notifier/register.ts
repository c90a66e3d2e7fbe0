import { read, readPtr, storeRelease, write } from "../../machine/access.ts";
import type { Run } from "../../machine/step.ts";
import { embedded, NULL, type Ptr } from "../../machine/struct.ts";
import type { Current } from "../current.ts";
import { EINVAL, ENOMEM, EOVERFLOW } from "../errno.ts";
import { hlistAddHeadRcu, hlistDelInitRcu, hlistUnhashed } from "../hlist.ts";
import { downWrite, upWrite } from "../locking/rwsem.ts";
import { spinLock, spinUnlock } from "../locking/spinlock.ts";
import { mmdrop, mmgrab } from "../mm/mm_count.ts";
import { MmStruct } from "../mm/mm_struct.ts";
import { mmDropAllLocks, mmTakeAllLocks } from "../mm/mm_take_all_locks.ts";
import { callSrcu, srcuReadLock, srcuReadUnlock, synchronizeSrcu } from "../srcu.ts";
import { warn, WARN_ARCH_TLB_AND_RANGE_OPS, warnOnce, WARN_PUT_WITHOUT_USERS } from "../warn.ts";
import { HLIST_OP_RELEASE } from "./hlist_op.ts";
import { firstNotifier, nextNotifier, opsOf, traceHlistCall } from "./hlist_walk.ts";
import { MmuNotifier, MmuNotifierSubscriptions, NotifierGlobals } from "./structs.ts";
import { lockOf, mmuNotifierSubscriptionsAlloc, subscriptionsOf } from "./subscriptions.ts";

type Subscription = Ptr<"mmu_notifier">;

/** `users` at its maximum, as a signed word. */
const UINT_MAX = -1;

/**
 * Let `subscription` be told of everything in `mm` through ops table number `ops`. 0, -EINVAL (ops that exclude each
 * other), -ENOMEM, -EINTR. Takes mmap_lock for write. `subscription` NULL (for the first interval notifier of an mm):
 * ranges are counted from now on.
 */
export function* mmuNotifierRegister(
  current: Current,
  subscription: Subscription,
  mm: Ptr<"mm_struct">,
  ops: number,
): Run<number> {
  const mmapLock = embedded(mm, MmStruct.mmapLock);
  yield* downWrite(current, mmapLock);
  const error = yield* mmuNotifierRegisterLocked(current, subscription, mm, ops);
  yield* upWrite(current, mmapLock);
  return error;
}

/**
 * {@link mmuNotifierRegister} with mmap_lock held for write. With all locks of the mm held nobody is between a start and
 * its end: else an end could lower `active` that its start had not raised (RULES 41).
 */
export function* mmuNotifierRegisterLocked(
  current: Current,
  subscription: Subscription,
  mm: Ptr<"mm_struct">,
  ops: number,
): Run<number> {
  if (subscription !== NULL && hasOpsThatExcludeEachOther(current, ops)) {
    // the guard matters (RULES 42)
    yield* warnOnce(
      current,
      current.kernel.notifier.globals,
      NotifierGlobals.warnedArchTlbAndRangeOps,
      WARN_ARCH_TLB_AND_RANGE_OPS,
    );
    return EINVAL;
  }
  let subscriptions = yield* subscriptionsOf(current, mm);
  const isNew = subscriptions === NULL;
  if (isNew) {
    subscriptions = yield* mmuNotifierSubscriptionsAlloc(current); // no allocation under all locks (RULES b)
    if (subscriptions === NULL) return ENOMEM;
  }
  const error = yield* mmTakeAllLocks(current, mm);
  if (error !== 0) {
    if (isNew) yield* current.kernel.notifier.subscriptions.free(current, subscriptions);
    return error;
  }
  if (isNew) yield* storeRelease(current, mm, MmStruct.notifierSubscriptions, subscriptions); // RULES 35
  if (subscription === NULL) yield* write(current, subscriptions, MmuNotifierSubscriptions.hasItree, 1);
  else yield* addToList(current, subscriptions, subscription, mm, ops);
  yield* mmDropAllLocks(current, mm);
  return 0;
}

function* addToList(
  current: Current,
  subscriptions: Ptr<"mmu_notifier_subscriptions">,
  subscription: Subscription,
  mm: Ptr<"mm_struct">,
  ops: number,
): Run<void> {
  yield* mmgrab(current, mm);
  yield* write(current, subscription, MmuNotifier.ops, ops);
  yield* write(current, subscription, MmuNotifier.mm, mm);
  yield* write(current, subscription, MmuNotifier.users, 1);
  yield* spinLock(current, lockOf(subscriptions));
  yield* hlistAddHeadRcu(current, subscriptions, MmuNotifierSubscriptions.list, embedded(subscription, MmuNotifier.hlist));
  yield* spinUnlock(current, lockOf(subscriptions));
}

/** Secondary TLBs are flushed either with the CPU's or at range start and end, not both (RULES 42). */
function hasOpsThatExcludeEachOther(current: Current, ops: number): boolean {
  const table = current.kernel.notifier.ops(ops);
  if (table.archInvalidateSecondaryTlbs === undefined) return false;
  return table.invalidateRangeStart !== undefined || table.invalidateRangeEnd !== undefined;
}

/**
 * After return no callback of `subscription` runs or will run. Calls its `release` unless mm exit has taken it off the
 * list already (RULES 43). May sleep, as long as any callback of any mm does.
 */
export function* mmuNotifierUnregister(current: Current, subscription: Subscription): Run<void> {
  const mm = yield* readPtr<"mmu_notifier", "mm_struct">(current, subscription, MmuNotifier.mm);
  const node = embedded(subscription, MmuNotifier.hlist);
  if (!(yield* hlistUnhashed(current, node))) {
    yield* srcuReadLock(current); // so that mm exit waits for this release too (RULES 44)
    const ops = yield* opsOf(current, subscription);
    if (ops.release !== undefined) {
      traceHlistCall(current, subscription, HLIST_OP_RELEASE, null);
      yield* ops.release(current, subscription, mm);
    }
    yield* srcuReadUnlock(current);
    yield* unlink(current, subscription, mm);
  }
  yield* synchronizeSrcu(current);
  yield* mmdrop(current, mm);
}

/**
 * The notifier of ops table `ops` in `mm`, one user more; made by `allocNotifier` if there is none. Or a negative error:
 * -EOVERFLOW, what `allocNotifier` says, or what registration says. Takes mmap_lock for write.
 */
export function* mmuNotifierGet(current: Current, mm: Ptr<"mm_struct">, ops: number): Run<Subscription | number> {
  const mmapLock = embedded(mm, MmStruct.mmapLock);
  yield* downWrite(current, mmapLock);
  const subscription = yield* getLocked(current, mm, ops);
  yield* upWrite(current, mmapLock);
  return subscription;
}

function* getLocked(current: Current, mm: Ptr<"mm_struct">, ops: number): Run<Subscription | number> {
  const found = yield* findAndCount(current, mm, ops);
  if (found !== NULL) return found;
  const table = current.kernel.notifier.ops(ops);
  if (table.allocNotifier === undefined) return EINVAL;
  const subscription = yield* table.allocNotifier(current, mm);
  if (subscription < 0) return subscription;
  yield* write(current, subscription as Subscription, MmuNotifier.ops, ops); // freeNotifier may want it
  const error = yield* mmuNotifierRegisterLocked(current, subscription as Subscription, mm, ops);
  if (error === 0) return subscription;
  if (table.freeNotifier !== undefined) yield* table.freeNotifier(current, subscription as Subscription);
  return error;
}

/** NULL: not on the list. */
function* findAndCount(current: Current, mm: Ptr<"mm_struct">, ops: number): Run<Subscription | number> {
  const subscriptions = yield* subscriptionsOf(current, mm);
  if (subscriptions === NULL) return NULL;
  let result: Subscription | number = NULL;
  yield* spinLock(current, lockOf(subscriptions));
  let subscription = yield* firstNotifier(current, subscriptions);
  while (subscription !== NULL && (yield* read(current, subscription, MmuNotifier.ops)) !== ops) {
    subscription = yield* nextNotifier(current, subscription);
  }
  if (subscription !== NULL) {
    const users = yield* read(current, subscription, MmuNotifier.users);
    result = users === UINT_MAX ? EOVERFLOW : subscription;
    if (users !== UINT_MAX) yield* write(current, subscription, MmuNotifier.users, users + 1);
  }
  yield* spinUnlock(current, lockOf(subscriptions));
  return result;
}

/**
 * Undo one `get`. The last one takes the notifier off the list at once, without `release`, and frees it once nobody
 * walks over it any more. Does not sleep (RULES 43).
 */
export function* mmuNotifierPut(current: Current, subscription: Subscription): Run<void> {
  const mm = yield* readPtr<"mmu_notifier", "mm_struct">(current, subscription, MmuNotifier.mm);
  const subscriptions = yield* subscriptionsOf(current, mm);
  yield* spinLock(current, lockOf(subscriptions));
  const users = yield* read(current, subscription, MmuNotifier.users);
  if (users === 0) warn(current, WARN_PUT_WITHOUT_USERS);
  else yield* write(current, subscription, MmuNotifier.users, users - 1);
  if (users === 1) yield* hlistDelInitRcu(current, embedded(subscription, MmuNotifier.hlist));
  yield* spinUnlock(current, lockOf(subscriptions));
  if (users === 1) yield* callSrcu(current, embedded(subscription, MmuNotifier.rcu), current.kernel.notifier.freeRcu);
}

/** After return every notifier whose last put came before has been freed: for modules that go away. */
export function mmuNotifierSynchronize(current: Current): Run<void> {
  return synchronizeSrcu(current);
}

function* unlink(current: Current, subscription: Subscription, mm: Ptr<"mm_struct">): Run<void> {
  const subscriptions = yield* subscriptionsOf(current, mm);
  yield* spinLock(current, lockOf(subscriptions));
  yield* hlistDelInitRcu(current, embedded(subscription, MmuNotifier.hlist));
  yield* spinUnlock(current, lockOf(subscriptions));
}
