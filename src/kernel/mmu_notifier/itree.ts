import { read, write } from "../../machine/access.ts";
import type { Run } from "../../machine/step.ts";
import { containerOf, embedded, NULL, type Ptr } from "../../machine/struct.ts";
import { trace } from "../../machine/tracepoint.ts";
import type { Current } from "../current.ts";
import { hlistDel, hlistFirst, hlistNext } from "../hlist.ts";
import {
  intervalTreeInsert,
  intervalTreeIsLinked,
  intervalTreeIterFirst,
  intervalTreeIterNext,
  intervalTreeRemove,
} from "../interval_tree.ts";
import { spinLock, spinUnlock } from "../locking/spinlock.ts";
import { wakeUpAll } from "../locking/wait_queue.ts";
import { kernelEvents } from "../tracepoints.ts";
import { lastOf } from "./range.ts";
import { MmuIntervalNotifier, MmuNotifierSubscriptions } from "./structs.ts";
import { freezeTree, isInvalidating, lockOf, traceState, waitQueueOf } from "./subscriptions.ts";
import type { MmuNotifierRange } from "./types.ts";

/**
 * The interval side of the state machine of RULES 0: idle, partially excluded, fully excluded. `invalidate_seq` changes
 * here and in an insert, nowhere else.
 */

type Subscriptions = Ptr<"mmu_notifier_subscriptions">;
type IntervalSub = Ptr<"mmu_interval_notifier">;

/** What a walk begins with. */
export interface InvalidationStart {
  /** The first notifier to call; NULL if the range hits none. */
  readonly first: IntervalSub;
  /** The number to hand to the callbacks. */
  readonly seq: number;
}

/** Count the range, hit or not, before looking (RULES 1); freeze the tree if it hits something. */
export function* itreeInvStartRange(
  current: Current,
  subscriptions: Subscriptions,
  range: MmuNotifierRange,
): Run<InvalidationStart> {
  yield* spinLock(current, lockOf(subscriptions));
  yield* addActive(current, range.mm, subscriptions, 1);
  const node = yield* intervalTreeIterFirst(current, subscriptions, MmuNotifierSubscriptions.itree, range.start, lastOf(range));
  if (node !== NULL) yield* freezeTree(current, range.mm, subscriptions);
  const seq = yield* read(current, subscriptions, MmuNotifierSubscriptions.invalidateSeq);
  yield* spinUnlock(current, lockOf(subscriptions));
  trace(current, kernelEvents.invalidateSeq, range.mm, range.id, seq, node === NULL ? 0 : 1);
  return { first: subOf(node), seq };
}

/** The next notifier to call, NULL after the last. No lock: the odd number keeps the tree as it is (RULES 4). */
export function* itreeInvNext(current: Current, sub: IntervalSub, range: MmuNotifierRange): Run<IntervalSub> {
  const node = embedded(sub, MmuIntervalNotifier.intervalTree);
  return subOf(yield* intervalTreeIterNext(current, node, range.start, lastOf(range)));
}

/** The last of the overlapping ranges makes the number even, changes the tree as asked for meanwhile, and wakes (RULES 3). */
export function* itreeInvEnd(current: Current, mm: Ptr<"mm_struct">, subscriptions: Subscriptions): Run<void> {
  yield* spinLock(current, lockOf(subscriptions));
  const active = yield* addActive(current, mm, subscriptions, -1);
  if (active !== 0 || !(yield* isInvalidating(current, subscriptions))) {
    yield* spinUnlock(current, lockOf(subscriptions));
    return;
  }
  const seq = yield* read(current, subscriptions, MmuNotifierSubscriptions.invalidateSeq);
  yield* write(current, subscriptions, MmuNotifierSubscriptions.invalidateSeq, (seq + 1) | 0);
  traceState(current, mm, subscriptions);
  yield* applyDeferred(current, subscriptions);
  yield* spinUnlock(current, lockOf(subscriptions));
  yield* wakeUpAll(current, waitQueueOf(subscriptions));
}

/** Insert who is not in the tree, remove who is; the list is last in, first out (RULES 39). */
function* applyDeferred(current: Current, subscriptions: Subscriptions): Run<void> {
  let item = yield* hlistFirst(current, subscriptions, MmuNotifierSubscriptions.deferredList);
  while (item !== NULL) {
    const sub = containerOf(item, MmuIntervalNotifier.deferredItem);
    item = yield* hlistNext(current, item);
    yield* hlistDel(current, embedded(sub, MmuIntervalNotifier.deferredItem));
    if (yield* isInTree(current, sub)) yield* itreeRemove(current, subscriptions, sub);
    else yield* itreeInsert(current, subscriptions, sub);
  }
}

export function* itreeInsert(current: Current, subscriptions: Subscriptions, sub: IntervalSub): Run<void> {
  const node = embedded(sub, MmuIntervalNotifier.intervalTree);
  yield* intervalTreeInsert(current, subscriptions, MmuNotifierSubscriptions.itree, node);
  trace(current, kernelEvents.intervalInTree, sub);
}

export function* itreeRemove(current: Current, subscriptions: Subscriptions, sub: IntervalSub): Run<void> {
  const node = embedded(sub, MmuIntervalNotifier.intervalTree);
  yield* intervalTreeRemove(current, subscriptions, MmuNotifierSubscriptions.itree, node);
  trace(current, kernelEvents.intervalOutOfTree, sub);
}

/** `!RB_EMPTY_NODE(&sub->interval_tree.rb)`. Under the lock. */
export function isInTree(current: Current, sub: IntervalSub): Run<boolean> {
  return intervalTreeIsLinked(current, embedded(sub, MmuIntervalNotifier.intervalTree));
}

function* addActive(current: Current, mm: Ptr<"mm_struct">, subscriptions: Subscriptions, delta: number): Run<number> {
  const active = (yield* read(current, subscriptions, MmuNotifierSubscriptions.activeInvalidateRanges)) + delta;
  yield* write(current, subscriptions, MmuNotifierSubscriptions.activeInvalidateRanges, active);
  traceState(current, mm, subscriptions);
  return active;
}

function subOf(node: Ptr<"interval_tree_node">): IntervalSub {
  return node === NULL ? NULL : containerOf(node, MmuIntervalNotifier.intervalTree);
}
