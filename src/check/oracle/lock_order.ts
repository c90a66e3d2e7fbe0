import type { Task } from "../../machine/task.ts";
import { FS_RECLAIM, type Held, type HeldLocks } from "../books/held_locks.ts";
import { lockScenario } from "./lock_scenario.ts";
import type { Objector } from "../record/objection.ts";

/** Somebody took `to` while he held `from`. */
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
 * Lock order by class (I23), as lockdep checks it: if one task ever takes B while it holds A, and another one, through whatever chain,
 * A while it holds B, then some day both wait for each other, and it does not take that day to see it.
 *
 * Two locks of one class are told apart by what they are, unless whoever holds both holds a third one that keeps others from it (the
 * kernel's nest_lock).
 */
export class LockOrder {
  readonly #held: HeldLocks;
  readonly #where: (task: Task) => string;
  readonly #object: Objector;
  /** By class taken, the classes held: what need not be looked at again. */
  readonly #seen = new Map<object, Set<object>>();
  readonly #edges: Graph = new Map();
  /** Orders seen in any execution, as far as they make no cycle: where only such are seen, none need be looked for. */
  readonly #harmless: Graph = new Map();
  #isHarmless = true;

  /** @param where when a task does what it does just now: `cpu1 in step 123` */
  constructor(held: HeldLocks, where: (task: Task) => string, object: Objector) {
    this.#held = held;
    this.#where = where;
    this.#object = object;
    for (const edge of DECLARED) add(this.#harmless, edge);
    held.onTake((task, lock, others) => this.#take(task, lock, others));
  }

  /** An execution begins: what is seen in it must be found in its replay too, so nothing is remembered. */
  begin(): void {
    this.#seen.clear();
    this.#edges.clear();
    this.#isHarmless = true;
    for (const edge of DECLARED) add(this.#edges, edge);
  }

  #take(task: Task, lock: Held, held: readonly Held[]): void {
    for (const former of held) {
      if (former.class === lock.class) this.#sameClass(task, former, lock, held);
      else if (this.#isNew(former.class, lock.class)) this.#add(task, former.class.name, lock.class.name);
    }
  }

  #sameClass(task: Task, former: Held, lock: Held, held: readonly Held[]): void {
    if (former.class.isPseudo) return;
    if (former.lock === lock.lock) {
      const name = this.#held.nameOf(lock);
      this.#object({
        kind: "lock-order",
        rule: "I23",
        message: `${task.name} takes ${name}, which it holds already`,
        task: task.name,
        details: [],
      });
    } else if (
      !held.some((third) => third !== former && !third.isShared && !third.class.isPseudo && third.class !== lock.class)
    ) {
      this.#add(task, this.#held.nameOf(former), this.#held.nameOf(lock));
    }
  }

  #isNew(from: object, to: object): boolean {
    let seen = this.#seen.get(to);
    if (seen === undefined) this.#seen.set(to, (seen = new Set()));
    if (seen.has(from)) return false;
    seen.add(from);
    return true;
  }

  #add(task: Task, from: string, to: string): void {
    if (has(this.#edges, from, to)) return;
    const edge = { from, to, seen: this.#where(task) };
    add(this.#edges, edge);
    if (!has(this.#harmless, from, to)) {
      if (path(this.#harmless, to, from) === null) add(this.#harmless, edge);
      else this.#isHarmless = false;
    }
    const back = this.#isHarmless ? null : path(this.#edges, to, from);
    if (back === null) return;
    const cycle = [edge, ...back];
    this.#object({
      kind: "lock-order",
      rule: "I23",
      task: task.name,
      details: lockScenario(cycle),
      message: `${task.name} takes ${to} while it holds ${from}, but the order is ${[to, ...back.map((next) => next.to)].join(", ")}`,
    });
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
