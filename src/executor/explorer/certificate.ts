import { Replay } from "./replay.ts";
import { causesOf, partialOrderOf, type PartialOrder } from "./partial_order.ts";
import type { Schedule } from "./recording.ts";
import type { Reproducer } from "./reproduce.ts";

/** Steps by number, from 0: `before` has to come before `after`, or there is no failure. */
export interface Order {
  readonly before: number;
  readonly after: number;
}

/** Why an execution fails. */
export interface Certificate {
  /** Each of them, the other way round and all others as they were as far as possible, makes the failure vanish. */
  readonly orders: readonly Order[];
  /** Orders that follow from none of the others: the depth of the bug. */
  readonly depth: number;
}

/**
 * Flip each order between two threads that could have been otherwise, and see whether the execution still fails. Of orders between the
 * same two threads only the tightest are kept: the others follow.
 */
export function certify(reproducer: Reproducer, schedule: Schedule): Certificate {
  reproducer.fails(new Replay(schedule));
  const { recording } = reproducer;
  const threads = recording.thread.slice(0, recording.length);
  const order = partialOrderOf(recording);
  const { answers } = recording.schedule();
  const necessary = candidates(order, threads).filter((candidate) => {
    const flipped = flip(order, candidate, threads.length);
    const isFailing = reproducer.fails(new Replay({
      threads: Uint16Array.from(flipped, (step) => threads[step]), answers: Uint8Array.from(flipped, (step) => answers[step]),
    }));
    return !isFailing && wasFlipped(reproducer, flipped, threads, candidate);
  });
  const orders = tightest(necessary, threads);
  return { orders, depth: orders.length };
}

/** Direct orders between steps of different threads. */
function candidates({ before }: PartialOrder, threads: Uint16Array): Order[] {
  return before.flatMap((earlier, after) => earlier.filter((step) => threads[step] !== threads[after]).map((step) => ({ before: step, after })));
}

/** The steps in an order in which `after`, and whatever it needs, comes before `before`. */
function flip(order: PartialOrder, { before, after }: Order, length: number): number[] {
  const needed = causesOf({ ...order, before: order.before.map((earlier, step) => (step === after ? earlier.filter((each) => each !== before) : earlier)) }, after);
  const first: number[] = [];
  const rest: number[] = [];
  for (let step = 0; step < length; step++) (step < before || (needed.has(step) && step !== before) ? first : rest).push(step);
  return [...first, ...rest];
}

/** Did `after` come first in the last execution? If it could not, this order was no choice of the schedule. */
function wasFlipped({ recording }: Reproducer, flipped: readonly number[], threads: Uint16Array, { before, after }: Order): boolean {
  const until = flipped.indexOf(after);
  if (flipped.indexOf(before) < until) return false;
  for (let i = 0; i <= until; i++) if (i >= recording.length || recording.thread[i] !== threads[flipped[i]]) return false;
  return true;
}

/** Without those that another one between the same threads implies. */
function tightest(orders: readonly Order[], threads: Uint16Array): Order[] {
  return orders.filter((order) => !orders.some((other) => (
    other !== order && threads[other.before] === threads[order.before] && threads[other.after] === threads[order.after]
    && order.before <= other.before && other.after <= order.after
  )));
}
