import { readPtr } from "../../machine/access.ts";
import type { Run } from "../../machine/step.ts";
import { containerOf, type Ptr } from "../../machine/struct.ts";
import type { Current } from "../current.ts";
import { mmdrop } from "../mm/mm_count.ts";
import { opsOf } from "./hlist_walk.ts";
import { MmuNotifier } from "./structs.ts";

/** Nobody walks over the notifier any more: the SRCU callback of the last put (RULES 43). */
export function* mmuNotifierFreeRcu(current: Current, head: Ptr<"srcu_head">): Run<void> {
  const subscription = containerOf(head, MmuNotifier.rcu);
  const mm = yield* readPtr<"mmu_notifier", "mm_struct">(current, subscription, MmuNotifier.mm);
  const ops = yield* opsOf(current, subscription);
  if (ops.freeNotifier !== undefined) yield* ops.freeNotifier(current, subscription);
  yield* mmdrop(current, mm);
}
