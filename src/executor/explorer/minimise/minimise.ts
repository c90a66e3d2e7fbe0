import { Replay } from "../replay.ts";
import { partialOrderOf } from "../partial_order.ts";
import type { Schedule } from "../recording.ts";
import type { Reproducer } from "../reproduce.ts";
import { blocksOf, scheduleOf, switchesOf } from "./blocks.ts";
import { commute } from "./commute.ts";
import { simplifications } from "./simplifications.ts";

/** The smallest schedule found that still fails in the same way. */
export interface Minimised {
  readonly schedule: Schedule;
  readonly switches: number;
}

/**
 * Make a failing schedule small: first fewest switches, then fewest steps. Greedy and deterministic; it ends when none of the
 * simplifications fails any more, or `executions` have been spent.
 */
export function minimise(reproducer: Reproducer, schedule: Schedule, executions: number): Minimised {
  const last = reproducer.executions + executions;
  let best = straightened(reproducer, schedule) ?? { schedule, switches: switchesOf(schedule) };
  for (let isBetter = true; isBetter;) {
    isBetter = false;
    for (const blocks of simplifications(blocksOf(best.schedule))) {
      if (reproducer.executions >= last) return best;
      const smaller = tried(reproducer, scheduleOf(blocks));
      if (smaller === null || !isSmaller(smaller, best)) continue;
      const straight = straightened(reproducer, smaller.schedule);
      best = straight !== null && !isSmaller(smaller, straight) ? straight : smaller;
      isBetter = true;
      break;
    }
  }
  return best;
}

/** The execution as it came about, if it fails in the same way. */
function tried(reproducer: Reproducer, schedule: Schedule): Minimised | null {
  if (!reproducer.fails(new Replay(schedule))) return null;
  const taken = reproducer.recording.schedule();
  return { schedule: taken, switches: switchesOf(taken) };
}

/** The same execution with independent steps exchanged. */
function straightened(reproducer: Reproducer, schedule: Schedule): Minimised | null {
  const asFound = tried(reproducer, schedule);
  if (asFound === null) return null;
  const straight = tried(reproducer, commute(reproducer.recording, partialOrderOf(reproducer.recording)));
  return straight !== null && isSmaller(straight, asFound) ? straight : asFound;
}

function isSmaller(a: Minimised, b: Minimised): boolean {
  return a.switches < b.switches || (a.switches === b.switches && a.schedule.threads.length < b.schedule.threads.length);
}
