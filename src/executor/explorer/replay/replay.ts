import { kindOf, RELAX } from "../../../machine/step.ts";
import type { EngineView, ThreadView } from "../engine/view.ts";
import type { Schedule } from "../engine/recording.ts";
import { QuietStrategy } from "../engine/quiet_strategy.ts";

/**
 * Take the decisions of a schedule again, step by step. A thread that cannot run when its turn comes is passed over; when all
 * decisions are used up, the thread that runs goes on, and then the next one by number.
 */
export class Replay extends QuietStrategy {
  readonly name = "replay";
  /** Decisions that could not be taken. */
  missed = 0;
  readonly #schedule: Schedule;
  #at = 0;

  constructor(schedule: Schedule) {
    super();
    this.#schedule = schedule;
  }

  begin(): boolean {
    this.#at = 0;
    this.missed = 0;
    return true;
  }

  pick(engine: EngineView): ThreadView {
    const { threads } = this.#schedule;
    while (this.#at < threads.length) {
      const thread = engine.threads[threads[this.#at++]];
      if (thread !== undefined && thread.place >= 0) return thread;
      this.missed++;
    }
    this.#at++;
    return onwards(engine);
  }

  choose(_percent: number, _thread: ThreadView): boolean {
    return this.#schedule.answers[this.#at - 1] === 1;
  }
}

/** Without a decision: whoever ran last goes on if it can, and did not say that others should; else the next one by number. */
export function onwards({ enabled, lastThread, lastStep }: EngineView): ThreadView {
  const isWaiting = kindOf(lastStep) === RELAX;
  if (lastThread !== null && lastThread.place >= 0 && !isWaiting) return lastThread;
  const last = isWaiting && lastThread !== null ? lastThread.index : -1;
  const ofNext = (thread: ThreadView) => (thread.index > last ? thread.index : thread.index + 0x1_0000);
  let next = enabled[0];
  for (const thread of enabled) if (ofNext(thread) < ofNext(next)) next = thread;
  return next;
}
