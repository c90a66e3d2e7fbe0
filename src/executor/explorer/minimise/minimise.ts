import { partialOrderOf } from "../partial_order.ts";
import { Replay } from "../replay.ts";
import type { Schedule } from "../recording.ts";
import type { Reproducer } from "../reproduce.ts";
import { blocksOf, scheduleOf, switchesOf } from "./blocks.ts";
import { commute } from "./commute.ts";
import { simplifications } from "./simplifications.ts";
import { slice } from "./slice.ts";

/** The smallest schedule found that still fails in the same way. */
export interface Minimised {
  readonly schedule: Schedule;
  readonly switches: number;
  /** No single simplification of it fails any more; false if what might be spent was spent before. */
  readonly isMinimal: boolean;
}

/** What may be spent. */
export interface Budget {
  readonly executions: number;
  readonly steps: number;
}

type Small = Omit<Minimised, "isMinimal">;

/**
 * Make a failing schedule small: first fewest switches, then fewest steps. Greedy and deterministic; it ends when none of the
 * simplifications fails any more, or the budget is spent.
 */
export function minimise(reproducer: Reproducer, schedule: Schedule, { executions, steps }: Budget): Minimised {
  const lastExecution = reproducer.executions + executions;
  const lastStep = reproducer.steps + steps;
  let best = straightened(reproducer, schedule) ?? { schedule, switches: switchesOf(schedule) };
  for (let isBetter = true; isBetter;) {
    isBetter = false;
    for (const blocks of simplifications(blocksOf(best.schedule))) {
      if (reproducer.executions >= lastExecution || reproducer.steps >= lastStep) return { ...best, isMinimal: false };
      const smaller = tried(reproducer, scheduleOf(blocks));
      if (smaller === null || !isSmaller(smaller, best)) continue;
      best = straightened(reproducer, smaller.schedule) ?? smaller;
      isBetter = true;
      break;
    }
  }
  return { ...best, isMinimal: true };
}

/**
 * The execution as it came about, if it fails in the same way. Of one that goes on and on, the decisions alone: what follows them is
 * nobody's choice.
 */
function tried(reproducer: Reproducer, schedule: Schedule): Small | null {
  if (!reproducer.fails(new Replay(schedule))) return null;
  const taken = reproducer.isEndless ? schedule : reproducer.recording.schedule();
  return { schedule: taken, switches: switchesOf(taken) };
}

/** The same execution without steps that do not matter, and with independent steps exchanged. */
function straightened(reproducer: Reproducer, schedule: Schedule): Small | null {
  let best = tried(reproducer, schedule);
  if (best === null || reproducer.isEndless) return best;
  for (const simplify of reproducer.isAtEnd ? [commute] : [slice, commute]) {
    reproducer.fails(new Replay(best.schedule));
    const simpler = tried(reproducer, simplify(reproducer.recording, partialOrderOf(reproducer.recording)));
    if (simpler !== null && isSmaller(simpler, best)) best = simpler;
  }
  return best;
}

function isSmaller(a: Small, b: Small): boolean {
  return a.switches < b.switches || (a.switches === b.switches && a.schedule.threads.length < b.schedule.threads.length);
}
