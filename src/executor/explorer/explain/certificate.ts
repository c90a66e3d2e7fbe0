import { addrOf } from "../../../machine/step.ts";
import { areDependent } from "../engine/dependence.ts";
import { heldBackSteps } from "./held_back.ts";
import { operationOf } from "../replay/label.ts";
import { causesOf, partialOrderOf, type PartialOrder } from "./partial_order.ts";
import { PatientReplay } from "../replay/patient_replay.ts";
import type { RecordedStep, Schedule } from "../engine/recording.ts";
import { Replay } from "../replay/replay.ts";
import type { Reproducer } from "../replay/reproduce.ts";

/** A step that a task was kept from until the failure. Plain data. */
export interface HeldBackStep {
  readonly task: string;
  /** As in labels: `RMW mm_struct#0.mmap_lock.count`. */
  readonly operation: string;
}

/** Steps by number, from 0: `before` has to come before `after`, or there is no failure. */
export interface Order {
  readonly before: number;
  /** The number of all steps, if it had not been taken yet when the failure showed. */
  readonly after: number;
  /** That step, if so. */
  readonly heldBack?: HeldBackStep;
}

/** Why an execution fails. */
export interface Certificate {
  /** Each of them, the other way round and all others as they were as far as possible, makes the failure vanish. */
  readonly orders: readonly Order[];
  /** Orders that follow from none of the others: the depth of the bug. */
  readonly depth: number;
}

/**
 * Flip each order between two threads that could have been otherwise, and see whether the execution still fails. Of orders
 * between the same two threads only the tightest are kept: the others follow. What a thread was kept from doing until the failure
 * counts as well: let it go on where it was stopped.
 */
export function certify(reproducer: Reproducer, schedule: Schedule): Certificate {
  reproducer.fails(new Replay(schedule));
  const { recording, engine, subject } = reproducer;
  const length = Math.min(recording.length, schedule.threads.length);
  const taken = recording.schedule(length);
  const steps = Array.from(taken.threads, (_, step) => recording.at(step));
  const order = partialOrderOf(recording, length);
  const overtaken = heldBackSteps(reproducer, taken, steps, order).flatMap(({ step, from }): Order[] => {
    const before = steps.findIndex((other, i) => i >= from && areDependent(other, step));
    const heldBack = { task: engine.threads[step.thread].task.name, operation: operationOf(subject, step.step) };
    return before < 0 ? [] : [{ before, after: length, heldBack }];
  });
  const flips = new Flips(reproducer, taken, steps, order);
  const necessary = crossings(order, taken.threads).flatMap((crossing) => flips.necessaryOrder(crossing) ?? []);
  const orders = [
    ...tightest(necessary, taken.threads),
    ...overtaken.filter(({ before }, i) => overtaken.findIndex((other) => other.before === before) === i),
  ];
  return { orders, depth: orders.length };
}

/** Direct orders between steps of different threads. */
function crossings({ before }: PartialOrder, threads: Uint16Array): Order[] {
  return before.flatMap((earlier, after) =>
    earlier.filter((step) => threads[step] !== threads[after]).map((step) => ({ before: step, after })),
  );
}

/** Steps of a thread on the same word, back from the last one, that are looked at. */
const MOST_BACK = 8;

/** Executions in which one order is the other way round. */
class Flips {
  readonly #reproducer: Reproducer;
  readonly #schedule: Schedule;
  readonly #steps: readonly RecordedStep[];
  readonly #order: PartialOrder;

  constructor(reproducer: Reproducer, schedule: Schedule, steps: readonly RecordedStep[], order: PartialOrder) {
    this.#reproducer = reproducer;
    this.#schedule = schedule;
    this.#steps = steps;
    this.#order = order;
  }

  /**
   * The order itself, if the failure needs it. If not, or if it cannot be flipped, that of an earlier step of the same thread on
   * the same word: the lock was taken before it was given back, the word read before it was written.
   */
  necessaryOrder({ before: last, after }: Order): Order | null {
    const { thread, step } = this.#steps[last];
    const earlier = this.#order.ofThread[thread].filter(
      (each) =>
        each <= last && addrOf(this.#steps[each].step) === addrOf(step) && areDependent(this.#steps[each], this.#steps[after]),
    );
    for (const before of earlier.toReversed().slice(0, MOST_BACK))
      if (this.#isNecessary({ before, after })) return { before, after };
    return null;
  }

  #isNecessary(order: Order): boolean {
    const flipped = this.#flip(order);
    if (flipped === null) return false;
    const { threads, answers } = this.#schedule;
    const isFailing = this.#reproducer.fails(
      new PatientReplay({
        threads: Uint16Array.from(flipped, (step) => threads[step]),
        answers: Uint8Array.from(flipped, (step) => answers[step]),
      }),
    );
    return !isFailing && this.#wasFlipped(flipped, order);
  }

  /** The steps in an order in which `after`, and whatever it needs, comes before `before`; null if it needs that as well. */
  #flip({ before, after }: Order): number[] | null {
    const needed = new Set<number>([after]);
    for (const earlier of this.#order.before[after]) {
      const causes = causesOf(this.#order, earlier);
      if (!causes.has(before)) for (const cause of causes) needed.add(cause);
      else if (this.#steps[earlier].thread === this.#steps[after].thread) return null;
    }
    const all = this.#steps.map((_, step) => step);
    const isFirst = (step: number) => step < before || needed.has(step);
    return [...all.filter((step) => isFirst(step)), ...all.filter((step) => !isFirst(step))];
  }

  /** Did `after` come first in the last execution? If it could not, this order was no choice of the schedule. */
  #wasFlipped(flipped: readonly number[], { after }: Order): boolean {
    const { recording } = this.#reproducer;
    const until = flipped.indexOf(after);
    return (
      until < recording.length && flipped.slice(0, until + 1).every((step, i) => recording.thread[i] === this.#steps[step].thread)
    );
  }
}

/** Without those that another one between the same threads implies. */
function tightest(orders: readonly Order[], threads: Uint16Array): Order[] {
  return orders.filter(
    (order, i) =>
      !orders.some(
        (other, j) =>
          i !== j &&
          threads[other.before] === threads[order.before] &&
          threads[other.after] === threads[order.after] &&
          order.before <= other.before &&
          other.after <= order.after &&
          (i > j || order.before !== other.before || order.after !== other.after),
      ),
  );
}
