import { addrOf, kindOf, RELAX, STEP_NAMES, type Step } from "../../../machine/step.ts";
import type { EngineView } from "./view.ts";
import type { Recording } from "./recording.ts";

/**
 * Watches threads under a fair schedule: do they still get anywhere? They do not if for half of the time nobody has come to a
 * step at which it had not been before. Words may count up meanwhile, so it is not states that are compared but places.
 */
export class Rounds {
  readonly #seen = new Set<string>();
  #steps = 0;
  #lastNew = 0;

  /** The engine's last step. */
  note(engine: EngineView): void {
    this.#steps++;
    const place = `${engine.lastThread!.index} ${engine.lastStep}`;
    if (this.#seen.has(place)) return;
    this.#seen.add(place);
    this.#lastNew = this.#steps;
  }

  get isClosed(): boolean {
    return this.#lastNew <= this.#steps / 2;
  }
}

/** Steps of a thread in which a cycle is looked for, and how many of a path without one are shown. */
const LOOKED_AT = 600;
const SHOWN = 12;

/** What each thread that still runs does over and over, one line each. */
export function roundsOf(engine: EngineView, recording: Recording, nameOf: (addr: number) => string): string[] {
  return engine.threads
    .filter(({ state }) => state === "runnable")
    .map(({ index, task }) => {
      const steps = lastSteps(recording, index);
      const period = periodOf(steps);
      const cycle = period === 0 ? steps.slice(-SHOWN) : steps.slice(-period);
      return (
        `${task.name} ${period === 0 ? "goes on and on, at last" : "repeats"}: ` +
        `${folded(cycle.map((step) => textOf(step, nameOf))).join(", ")}`
      );
    });
}

function lastSteps(recording: Recording, thread: number): Step[] {
  const steps: Step[] = [];
  for (let i = recording.length - 1; i >= 0 && steps.length < LOOKED_AT; i--) {
    if (recording.thread[i] === thread) steps.push(recording.step[i]);
  }
  return steps.toReversed();
}

/** The smallest number of steps that were taken three times in a row at the end; 0 if there is none. */
function periodOf(steps: readonly Step[]): number {
  const { length } = steps;
  for (let period = 1; period * 3 <= length; period++) {
    let same = 0;
    while (same < period * 2 && steps[length - 1 - same] === steps[length - 1 - same - period]) same++;
    if (same === period * 2) return period;
  }
  return 0;
}

/** Neighbours that are the same become one, with their number. */
function folded(texts: readonly string[]): string[] {
  const result: { text: string; count: number }[] = [];
  for (const text of texts) {
    const last = result.at(-1);
    if (last?.text === text) last.count++;
    else result.push({ text, count: 1 });
  }
  return result.map(({ text, count }) => (count === 1 ? text : `${text} (${count} times)`));
}

function textOf(step: Step, nameOf: (addr: number) => string): string {
  const kind = kindOf(step);
  return kind === RELAX ? "RELAX" : `${STEP_NAMES[kind]} ${nameOf(addrOf(step))}`;
}
