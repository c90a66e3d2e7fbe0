import type { PartialOrder } from "../explain/partial_order.ts";
import type { Recording, Schedule } from "../engine/recording.ts";
import { switchesOf } from "./blocks.ts";

/**
 * The same execution with fewer switches, or as it was: independent steps change places. Nothing is executed, for nobody could
 * tell the difference.
 */
export function commute(recording: Recording, order: PartialOrder): Schedule {
  const taken = recording.schedule();
  const commuted = inRuns(taken, order);
  return switchesOf(commuted) < switchesOf(taken) ? commuted : taken;
}

/** Each thread runs as long as it can. That is greedy: a run cut short now may spare two switches later. */
function inRuns({ threads, answers }: Schedule, { before }: PartialOrder): Schedule {
  const left = before.map((earlier) => earlier.length);
  const after = before.map((): number[] => []);
  before.forEach((earlier, step) => {
    for (const each of earlier) after[each].push(step);
  });
  const ready = left.flatMap((count, step) => (count === 0 ? [step] : []));
  const order: number[] = [];
  for (let last = -1; ready.length > 0;) {
    const at = nextOf(ready, threads, last);
    const [step] = ready.splice(at, 1);
    last = threads[step];
    order.push(step);
    for (const later of after[step]) if (--left[later] === 0) ready.push(later);
  }
  return { threads: Uint16Array.from(order, (step) => threads[step]), answers: Uint8Array.from(order, (step) => answers[step]) };
}

/** The running thread's next step, if it may come; else the step that was taken first. */
function nextOf(ready: readonly number[], threads: Uint16Array, last: number): number {
  let best = 0;
  for (let i = 0; i < ready.length; i++) {
    if (threads[ready[i]] === last) return i;
    if (ready[i] < ready[best]) best = i;
  }
  return best;
}
