import type { EngineView, ThreadView } from "../engine/view.ts";
import type { Schedule } from "../engine/recording.ts";
import { onwards } from "./replay.ts";
import { QuietStrategy } from "../engine/quiet_strategy.ts";

/**
 * Take the decisions of a schedule in its order as far as possible: one whose thread cannot run does not get lost, it waits until
 * the thread can.
 */
export class PatientReplay extends QuietStrategy {
  readonly name = "replay";
  readonly #schedule: Schedule;
  /** Numbers of the decisions that are not yet taken. */
  #left: number[] = [];
  #answer = 0;

  constructor(schedule: Schedule) {
    super();
    this.#schedule = schedule;
  }

  begin(): boolean {
    this.#left = Array.from(this.#schedule.threads, (_, decision) => decision);
    return true;
  }

  pick(engine: EngineView): ThreadView {
    const { threads, answers } = this.#schedule;
    const at = this.#left.findIndex((decision) => (engine.threads[threads[decision]]?.place ?? -1) >= 0);
    if (at < 0) {
      this.#answer = 0;
      return onwards(engine);
    }
    const [decision] = this.#left.splice(at, 1);
    this.#answer = answers[decision];
    return engine.threads[threads[decision]];
  }

  choose(): boolean {
    return this.#answer === 1;
  }
}
