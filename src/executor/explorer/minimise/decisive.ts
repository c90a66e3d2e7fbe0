import { Replay } from "../replay/replay.ts";
import type { Schedule } from "../engine/recording.ts";
import type { Reproducer } from "../replay/reproduce.ts";

/**
 * Of an execution that goes on and on, the decisions that brought it there: the shortest of its beginnings, each twice as long as
 * the one before, after which it fails whatever comes. Of any other, all.
 */
export function decisivePart(reproducer: Reproducer, schedule: Schedule): Schedule {
  if (!reproducer.fails(new Replay(schedule)) || !reproducer.isEndless) return schedule;
  for (let length = 0; length < schedule.threads.length; length = Math.max(1, length * 2)) {
    const beginning = { threads: schedule.threads.slice(0, length), answers: schedule.answers.slice(0, length) };
    if (reproducer.fails(new Replay(beginning)) && reproducer.isEndless) return beginning;
  }
  return schedule;
}
