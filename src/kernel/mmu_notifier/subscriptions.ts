import { init, read, readPtr, write } from "../../machine/access.ts";
import { GFP_KERNEL } from "../../machine/slab.ts";
import type { Run } from "../../machine/step.ts";
import { embedded, NULL, type Ptr } from "../../machine/struct.ts";
import { trace } from "../../machine/tracepoint.ts";
import type { Current } from "../current.ts";
import { MmStruct } from "../mm/mm_struct.ts";
import { kernelEvents } from "../tracepoints.ts";
import { MmuNotifierSubscriptions } from "./structs.ts";

type Subscriptions = Ptr<"mmu_notifier_subscriptions">;

/** `mm->notifier_subscriptions`; NULL if nobody ever registered. Plain: all locks of the mm order it (RULES b2). */
export function subscriptionsOf(current: Current, mm: Ptr<"mm_struct">): Run<Subscriptions> {
  return readPtr(current, mm, MmStruct.notifierSubscriptions);
}

export function lockOf(subscriptions: Subscriptions): Ptr<"spinlock"> {
  return embedded(subscriptions, MmuNotifierSubscriptions.lock);
}

export function waitQueueOf(subscriptions: Subscriptions): Ptr<"wait_queue"> {
  return embedded(subscriptions, MmuNotifierSubscriptions.wq);
}

export function* hasItree(current: Current, subscriptions: Subscriptions): Run<boolean> {
  return (yield* read(current, subscriptions, MmuNotifierSubscriptions.hasItree)) !== 0;
}

/** The tree is frozen: callbacks may be walking it. Under the lock. */
export function* isInvalidating(current: Current, subscriptions: Subscriptions): Run<boolean> {
  return ((yield* read(current, subscriptions, MmuNotifierSubscriptions.invalidateSeq)) & 1) !== 0;
}

/** Make the number odd, if it is not: the tree freezes (RULES 2). Under the lock. */
export function* freezeTree(current: Current, mm: Ptr<"mm_struct">, subscriptions: Subscriptions): Run<void> {
  const seq = yield* read(current, subscriptions, MmuNotifierSubscriptions.invalidateSeq);
  if ((seq & 1) !== 0) return;
  yield* write(current, subscriptions, MmuNotifierSubscriptions.invalidateSeq, seq | 1);
  traceState(current, mm, subscriptions);
}

/** Report the two numbers just changed. Under the lock. */
export function traceState(current: Current, mm: Ptr<"mm_struct">, subscriptions: Subscriptions): void {
  const { words } = current;
  const seq = words[subscriptions + MmuNotifierSubscriptions.invalidateSeq];
  const active = words[subscriptions + MmuNotifierSubscriptions.activeInvalidateRanges];
  trace(current, kernelEvents.invalidateState, mm, seq, active);
}

/** A new object that nobody else knows yet; NULL: out of memory. */
export function* mmuNotifierSubscriptionsAlloc(current: Current): Run<Subscriptions> {
  const subscriptions = yield* current.kernel.notifier.subscriptions.alloc(current, GFP_KERNEL);
  if (subscriptions !== NULL) init(current, subscriptions, MmuNotifierSubscriptions.invalidateSeq, 2);
  return subscriptions;
}

/** The last reference to the mm is gone, and with it the last notifier: the object goes too. */
export function* mmuNotifierSubscriptionsDestroy(current: Current, mm: Ptr<"mm_struct">): Run<void> {
  const subscriptions = yield* subscriptionsOf(current, mm);
  if (subscriptions === NULL) return;
  yield* write(current, mm, MmStruct.notifierSubscriptions, NULL);
  yield* current.kernel.notifier.subscriptions.free(current, subscriptions);
}
