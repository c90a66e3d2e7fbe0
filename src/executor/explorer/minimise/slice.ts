import { causesOf, type PartialOrder } from "../explain/partial_order.ts";
import type { Recording, Schedule } from "../engine/recording.ts";

/**
 * The steps that the last one comes after, and itself: whoever did something else cannot have had a part in it, and each thread
 * runs only as far as it is needed.
 */
export function slice(recording: Recording, order: PartialOrder): Schedule {
  const causes = causesOf(order, recording.length - 1);
  const { threads, answers } = recording.schedule();
  return { threads: threads.filter((_, step) => causes.has(step)), answers: answers.filter((_, step) => causes.has(step)) };
}
