import type { Task } from "../../../machine/task.ts";
import { FS_RECLAIM, type Held } from "../../books/held_locks.ts";
import { lockScenario } from "./lock_scenario.ts";
import type { LockOracle, LockWatch } from "./lock_watch.ts";

/** Somebody took `to` while it held `from`. */
export interface LockEdge {
  readonly from: string;
  readonly to: string;
  /** By whom first, and when: `cpu1 in step 123`. */
  readonly seen: string;
}

/** What reclaim and migration come to, whether or not they did in this execution (RULES b 3, 5). */
const DECLARED: readonly LockEdge[] = [
  { from: FS_RECLAIM.name, to: "mmu_notifier_invalidate_range_start", seen: "reclaim may invalidate (declared)" },
  {
    from: "page.flags",
    to: "mmu_notifier_invalidate_range_start",
    seen: "migration invalidates with the page locked (declared)",
  },
];

/**
 * Lock order by class (I23), as lockdep checks it: if one task ever takes B while it holds A, and another one, through whatever
 * chain,
 * A while it holds B, then some day both wait for each other, and it does not take that day to see it.
 *
 * Two locks of one class are told apart by what they are, unless whoever holds both holds a third one that keeps others from it
 * (the kernel's nest_lock).
 */
export function watchLockOrder({ held, where, object }: LockWatch): LockOracle {
  const orders = new Orders();
  const say = (task: Task, message: string, details: readonly string[]) =>
    object({ kind: "lock-order", rule: "I23", message: `${task.name} takes ${message}`, task: task.name, details });

  const enter = (task: Task, from: string, to: string) => {
    const cycle = orders.add(from, to, () => where(task));
    if (cycle === null) return;
    const order = cycle.map((edge) => edge.to).join(", ");
    say(task, `${to} while it holds ${from}, but the order is ${order}`, lockScenario(cycle));
  };
  const sameClass = (task: Task, former: Held, lock: Held, others: readonly Held[]) => {
    if (former.class.isPseudo) return;
    const keepsOthersOut = (third: Held) =>
      third !== former && !third.isShared && !third.class.isPseudo && third.class !== lock.class;
    if (former.lock === lock.lock) say(task, `${held.nameOf(lock)}, which it holds already`, []);
    else if (!others.some(keepsOthersOut)) enter(task, held.nameOf(former), held.nameOf(lock));
  };
  held.onTake((task, lock, others) => {
    for (const former of others) {
      if (former.class === lock.class) sameClass(task, former, lock, others);
      else if (orders.isNew(former.class, lock.class)) enter(task, former.class.name, lock.class.name);
    }
  });
  orders.begin();
  return { begin: () => orders.begin() };
}

/** The orders in which locks were taken. */
class Orders {
  /** By class taken, the classes held: what need not be looked at again. */
  readonly #seen = new Map<object, Set<object>>();
  readonly #edges: Graph = new Map();
  /** Orders seen in any execution, as far as they make no cycle: where only such are seen, none need be looked for. */
  readonly #harmless: Graph = new Map();
  #isHarmless = true;

  constructor() {
    for (const edge of DECLARED) add(this.#harmless, edge);
  }

  begin(): void {
    this.#seen.clear();
    this.#edges.clear();
    this.#isHarmless = true;
    for (const edge of DECLARED) add(this.#edges, edge);
  }

  isNew(from: object, to: object): boolean {
    let seen = this.#seen.get(to);
    if (seen === undefined) this.#seen.set(to, (seen = new Set()));
    if (seen.has(from)) return false;
    seen.add(from);
    return true;
  }

  /** The cycle that this order closes, itself first; null if it closes none. */
  add(from: string, to: string, seen: () => string): readonly LockEdge[] | null {
    if (has(this.#edges, from, to)) return null;
    const edge = { from, to, seen: seen() };
    add(this.#edges, edge);
    if (!has(this.#harmless, from, to)) {
      if (path(this.#harmless, to, from) === null) add(this.#harmless, edge);
      else this.#isHarmless = false;
    }
    const back = this.#isHarmless ? null : path(this.#edges, to, from);
    return back === null ? null : [edge, ...back];
  }
}

/** Edges by where they begin. */
type Graph = Map<string, LockEdge[]>;

function has(graph: Graph, from: string, to: string): boolean {
  return graph.get(from)?.some((edge) => edge.to === to) === true;
}

function add(graph: Graph, edge: LockEdge): void {
  const edges = graph.get(edge.from);
  if (edges === undefined) graph.set(edge.from, [edge]);
  else edges.push(edge);
}

/** The shortest chain of edges from one lock to another, null if there is none. */
function path(graph: Graph, from: string, to: string): readonly LockEdge[] | null {
  const reached = new Map<string, readonly LockEdge[]>([[from, []]]);
  for (const [lock, chain] of reached) {
    if (lock === to) return chain;
    for (const edge of graph.get(lock) ?? []) {
      if (!reached.has(edge.to)) reached.set(edge.to, [...chain, edge]);
    }
  }
  return null;
}
