import { read } from "../../machine/access.ts";
import type { Run } from "../../machine/step.ts";
import { containerOf, embedded, NULL, type Ptr } from "../../machine/struct.ts";
import { trace } from "../../machine/tracepoint.ts";
import type { Current } from "../current.ts";
import { hlistFirstRcu, hlistNextRcu } from "../hlist.ts";
import { kernelEvents } from "../tracepoints.ts";
import { MmuNotifier, MmuNotifierSubscriptions } from "./structs.ts";
import type { MmuNotifierOps, MmuNotifierRange } from "./types.ts";

/** Walk over the classic notifiers inside an SRCU read section (RULES 40): the first, the newest registered. */
export function* firstNotifier(current: Current, subscriptions: Ptr<"mmu_notifier_subscriptions">): Run<Ptr<"mmu_notifier">> {
  return notifierOf(yield* hlistFirstRcu(current, subscriptions, MmuNotifierSubscriptions.list));
}

export function* nextNotifier(current: Current, subscription: Ptr<"mmu_notifier">): Run<Ptr<"mmu_notifier">> {
  return notifierOf(yield* hlistNextRcu(current, embedded(subscription, MmuNotifier.hlist)));
}

function notifierOf(node: Ptr<"hlist_node">): Ptr<"mmu_notifier"> {
  return node === NULL ? NULL : containerOf(node, MmuNotifier.hlist);
}

export function* opsOf(current: Current, subscription: Ptr<"mmu_notifier">): Run<MmuNotifierOps> {
  return current.kernel.notifier.ops(yield* read(current, subscription, MmuNotifier.ops));
}

/** Hit before each callback. */
export function traceHlistCall(
  current: Current,
  subscription: Ptr<"mmu_notifier">,
  op: number,
  range: MmuNotifierRange | null,
): void {
  trace(current, kernelEvents.hlistCall, subscription, op, range === null ? 0 : range.id);
}

/** Hit after those callbacks whose context has rules of its own. */
export function traceHlistCalled(
  current: Current,
  subscription: Ptr<"mmu_notifier">,
  op: number,
  range: MmuNotifierRange | null,
): void {
  trace(current, kernelEvents.hlistCalled, subscription, op, range === null ? 0 : range.id);
}
