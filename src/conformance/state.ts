import { NULL, type Ptr } from "../machine/struct.ts";
import { HlistNode } from "../kernel/hlist.ts";
import { IntervalTreeNode, UNLINKED } from "../kernel/interval_tree.ts";
import { MmStruct } from "../kernel/mm/mm_struct.ts";
import { MmuIntervalNotifier, MmuNotifier, MmuNotifierSubscriptions } from "../kernel/mmu_notifier/structs.ts";
import type { Machine } from "./machine.ts";
import type { StateChange, Value } from "./trace.ts";
import { valueOf } from "./u64.ts";

/** What is recorded of an address space after each step. */
export interface MmView {
  /** Subscriptions: 0 none, 1 there, 2 destroyed; then only C and M count. */
  X: number;
  /** `has_itree` */
  E: number;
  /** `invalidate_seq` */
  S: number;
  /** `active_invalidate_ranges` */
  A: Value;
  /** `invalidate_seq` is odd. */
  I: number;
  /** Interval notifiers in tree order. */
  T: number[];
  /** Deferred list: `id` to be inserted, `-id` to be removed. */
  D: number[];
  /** Classic notifiers, newest first. */
  L: number[];
  /** `mm_count`, `mm_users` */
  C: number;
  M: number;
}

export const INITIAL_VIEW: MmView = { X: 0, E: 0, S: 0, A: 0, I: 0, T: [], D: [], L: [], C: 1, M: 1 };

/** What the recorded changes make of a view. */
export function changed(view: MmView, change: StateChange | undefined): MmView {
  if (change === undefined) return view;
  return {
    X: change.X ?? view.X,
    E: change.E ?? view.E,
    S: change.S ?? view.S,
    A: change.A ?? view.A,
    I: change.I ?? view.I,
    T: spliced(view.T, change.T),
    D: spliced(view.D, change.D),
    L: spliced(view.L, change.L),
    C: change.C ?? view.C,
    M: change.M ?? view.M,
  };
}

function spliced(list: number[], splice: number[] | undefined): number[] {
  return splice === undefined ? list : list.toSpliced(splice[0], splice[1], ...splice.slice(2));
}

/** What shared memory says of the address space; `former` is what it said before. */
export function viewOf(machine: Machine, mm: Ptr<"mm_struct">, former: MmView): MmView {
  const { words } = machine;
  if (machine.freed.has(mm)) return { ...former, X: former.X === 0 ? 0 : 2, C: 0 };
  const counts = { C: words[mm + MmStruct.mmCount], M: words[mm + MmStruct.mmUsers] };
  const subscriptions = machine.subscriptions(mm);
  if (subscriptions === NULL) return { ...INITIAL_VIEW, ...counts };
  const seq = words[subscriptions + MmuNotifierSubscriptions.invalidateSeq];
  return {
    X: 1,
    E: words[subscriptions + MmuNotifierSubscriptions.hasItree],
    S: seq,
    A: valueOf(BigInt(words[subscriptions + MmuNotifierSubscriptions.activeInvalidateRanges])),
    I: seq & 1,
    T: treeOf(machine, words[subscriptions + MmuNotifierSubscriptions.itree]),
    D: deferredOf(machine, subscriptions),
    L: hlistOf(machine, subscriptions),
    ...counts,
  };
}

/** The `invalidate_seq` of an interval notifier. */
export function seqOf(machine: Machine, id: number): number {
  return machine.words[machine.interval(id) + MmuIntervalNotifier.invalidateSeq];
}

/** The `users` of a classic notifier. */
export function usersOf(machine: Machine, id: number): number {
  return machine.words[machine.notifier(id) + MmuNotifier.users] >>> 0;
}

function treeOf(machine: Machine, node: number): number[] {
  const { words } = machine;
  const ids: number[] = [];
  const walk = (at: number) => {
    if (at === NULL) return;
    walk(words[at + IntervalTreeNode.left]);
    ids.push(machine.intervalId((at - MmuIntervalNotifier.intervalTree) as Ptr<"mmu_interval_notifier">));
    walk(words[at + IntervalTreeNode.right]);
  };
  walk(node);
  return ids;
}

function deferredOf(machine: Machine, subscriptions: Ptr<"mmu_notifier_subscriptions">): number[] {
  const { words } = machine;
  return listOf(words, subscriptions + MmuNotifierSubscriptions.deferredList).map((node) => {
    const sub = (node - MmuIntervalNotifier.deferredItem) as Ptr<"mmu_interval_notifier">;
    const isInTree = words[sub + MmuIntervalNotifier.intervalTree + IntervalTreeNode.colour] !== UNLINKED;
    return isInTree ? -machine.intervalId(sub) : machine.intervalId(sub);
  });
}

function hlistOf(machine: Machine, subscriptions: Ptr<"mmu_notifier_subscriptions">): number[] {
  return listOf(machine.words, subscriptions + MmuNotifierSubscriptions.list).map((node) =>
    machine.notifierId((node - MmuNotifier.hlist) as Ptr<"mmu_notifier">),
  );
}

function listOf(words: Int32Array, head: number): number[] {
  const nodes: number[] = [];
  for (let node = words[head]; node !== NULL; node = words[node + HlistNode.next]) nodes.push(node);
  return nodes;
}
