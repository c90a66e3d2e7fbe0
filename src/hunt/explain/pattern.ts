import type { FailureKind } from "../../executor/explorer/engine/failure.ts";
import type { Pattern } from "./finding.ts";

/** An order between steps of two tasks without which there is no failure. */
export interface TaskOrder {
  readonly before: { readonly step: number; readonly task: string };
  readonly after: { readonly step: number; readonly task: string };
}

const BY_KIND: Readonly<Partial<Record<FailureKind, Pattern>>> = {
  deadlock: { name: "deadlock", meaning: "each of them waits for what only another one of them can do" },
  "partial-deadlock": { name: "partial deadlock", meaning: "some wait for each other forever, the others go on" },
  "lost-wakeup": { name: "lost wake-up", meaning: "it was woken before it slept, or was never told, and sleeps forever" },
  livelock: { name: "livelock", meaning: "all keep running, and nobody gets anywhere" },
  "lock-order": {
    name: "ABBA deadlock",
    meaning: "two locks are taken in either order; two tasks that meet in between wait forever",
  },
  "use-after-free": {
    name: "use after free",
    meaning: "memory is used by somebody whom nothing keeps from coming after its end",
  },
  "out-of-bounds": { name: "out of bounds", meaning: "memory beyond the object is used" },
  "data-race": { name: "data race", meaning: "two accesses, one of them a write, and nothing says which comes first" },
  "atomic-sleep": { name: "sleep in atomic context", meaning: "a task may sleep where the kernel forbids it" },
  leak: { name: "leak", meaning: "what was taken is not given back" },
};

const NO_RACE: Pattern = { name: "no race", meaning: "it fails in whatever order the tasks run" };

/**
 * The pattern by which a failure is known; null if nothing is known by name.
 *
 * @param probability of the failure in a schedule that is drawn by chance
 */
export function patternOf(kind: FailureKind, orders: readonly TaskOrder[], probability: number): Pattern | null {
  return BY_KIND[kind] ?? patternOfOrders(orders) ?? (probability === 1 ? NO_RACE : null);
}

function patternOfOrders(orders: readonly TaskOrder[]): Pattern | null {
  const torn = orders.flatMap(({ before, after }) =>
    orders
      .filter((next) => next.before.task === after.task && next.after.task === before.task && next.before.step >= after.step)
      .map((next) => ({ victim: before.task, intruder: after.task, next })),
  );
  if (torn.length > 0) {
    const [{ victim, intruder }] = torn;
    return {
      name: "atomicity violation (A-B-A)",
      meaning: `${intruder} gets in between two steps of ${victim} that belong together`,
    };
  }
  if (orders.length === 0) return null;
  const [{ before, after }] = orders;
  return { name: "order violation", meaning: `${before.task} comes before ${after.task}, and nothing makes it wait` };
}
