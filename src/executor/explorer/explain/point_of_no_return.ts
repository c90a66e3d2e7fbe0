import type { EngineView, ThreadView } from "../engine/view.ts";
import { Replay } from "../replay/replay.ts";
import type { Schedule } from "../engine/recording.ts";
import type { Reproducer } from "../replay/reproduce.ts";
import { Rng } from "../engine/rng.ts";

/** How probable the failure is after each step, if whoever runs next is drawn from then on. */
export interface PointOfNoReturn {
  /** By number of steps taken: the first is before any step. Where not every step could be afforded, that of the step before. */
  readonly probability: readonly number[];
  /** The step, from 1, with which it rises most; null if it never rises. */
  readonly jumpAt: number | null;
}

/** Random continuations from one prefix at least and at most. */
const LEAST = 10;
const MOST = 100;

/** @param budget steps to be spent in all, about */
export function pointOfNoReturn(reproducer: Reproducer, schedule: Schedule, seed: number, budget: number): PointOfNoReturn {
  const prefixes = schedule.threads.length + 1;
  reproducer.fails(new Replay(schedule));
  const affordable = Math.floor(budget / Math.max(1, reproducer.recording.length));
  const times = Math.min(MOST, Math.max(LEAST, Math.floor(affordable / prefixes)));
  const stride = Math.max(1, Math.ceil((prefixes * times) / Math.max(times, affordable)));
  const probability: number[] = [];
  for (let taken = 0; taken < prefixes; taken++) {
    probability.push(
      taken % stride === 0 || taken === prefixes - 1
        ? shareFailing(reproducer, schedule, taken, seed, times)
        : probability[taken - 1],
    );
  }
  return { probability, jumpAt: jumpOf(probability) };
}

function shareFailing(reproducer: Reproducer, schedule: Schedule, taken: number, seed: number, times: number): number {
  let stream = taken * MOST;
  return reproducer.times(times, () => new RandomFrom(schedule, taken, new Rng(seed, stream++))) / times;
}

function jumpOf(probability: readonly number[]): number | null {
  let jumpAt: number | null = null;
  let most = 0;
  for (let step = 1; step < probability.length; step++) {
    const rise = probability[step] - probability[step - 1];
    if (rise > most) [jumpAt, most] = [step, rise];
  }
  return jumpAt;
}

/** Takes the first decisions from a schedule and draws the others. */
class RandomFrom extends Replay {
  readonly #steps: number;
  readonly #rng: Rng;
  #isDrawing = false;

  constructor(schedule: Schedule, steps: number, rng: Rng) {
    super(schedule);
    this.#steps = steps;
    this.#rng = rng;
  }

  override pick(engine: EngineView): ThreadView {
    this.#isDrawing = engine.steps >= this.#steps;
    return this.#isDrawing ? this.#rng.pick(engine.enabled) : super.pick(engine);
  }

  override choose(percent: number, thread: ThreadView): boolean {
    return this.#isDrawing ? this.#rng.percent(percent) : super.choose(percent, thread);
  }
}
