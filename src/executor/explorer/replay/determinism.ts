import { Engine } from "../engine/engine.ts";
import { QuietStrategy } from "../engine/quiet_strategy.ts";
import { Recording, type Schedule } from "../engine/recording.ts";
import { Rng } from "../engine/rng.ts";
import { runOnce, type Execution } from "../engine/run.ts";
import { GIVE_UP } from "../engine/strategy.ts";
import type { Subject } from "../engine/subject.ts";
import type { EngineView, ThreadView } from "../engine/view.ts";
import { operationOf } from "./label.ts";

/** Where an execution and its repetition part. Plain data: it crosses threads. */
export interface Nondeterminism {
  /** The first step that differs, from 1; one more than there are if only the end does. */
  readonly step: number;
  /** What happened there, and what did when it was repeated. */
  readonly first: string;
  readonly repeated: string;
}

/**
 * Lets executions happen again, and compares. The same decisions must lead to the same steps, answers and failure; if they do
 * not, then something decides that is neither in the subject's memory nor in the schedule: a variable that outlives an execution,
 * the clock.
 */
export class DeterminismCheck {
  readonly #subject: Subject;
  readonly #engine: Engine;
  readonly #recording = new Recording();

  constructor(subject: Subject, spuriousPercent: number) {
    this.#subject = subject;
    this.#engine = new Engine(subject.words, { image: subject.image, spuriousPercent });
  }

  /** Repeat what was recorded and came to this; null if the repetition is the same. */
  repeat(recording: Recording, execution: Execution): Nondeterminism | null {
    const { length } = recording;
    const repetition = new Repetition(recording.schedule());
    repetition.begin();
    const patience = { maxSteps: length + 1, fairSteps: 0 }; // after step `length` it gives up
    const again = runOnce(this.#engine, this.#subject, repetition, this.#recording, new Rng(0), patience);
    const at = firstDifference(recording, this.#recording);
    if (at === length && endsAlike(execution, again)) return null;
    const repeated = at < this.#recording.length ? this.#stepText(this.#recording, at) : (repetition.obstacle ?? endText(again));
    return { step: at + 1, first: at < length ? this.#stepText(recording, at) : endText(execution), repeated };
  }

  #stepText(recording: Recording, at: number): string {
    const { thread, step, wrote, answered } = recording.at(at);
    const name = this.#engine.threads[thread]?.task.name ?? `thread ${thread}`;
    const effect = `${wrote ? ", which changes it" : ""}${answered ? ", answered yes" : ""}`;
    return `${name} ${operationOf(this.#subject, step)}${effect}`;
  }
}

/** Takes all decisions of a schedule, and none but these. */
class Repetition extends QuietStrategy {
  readonly name = "repetition";
  /** Why a decision could not be taken; null: all were. */
  obstacle: string | null = null;
  readonly #schedule: Schedule;
  #answer = 0;

  constructor(schedule: Schedule) {
    super();
    this.#schedule = schedule;
  }

  begin(): boolean {
    return true;
  }

  pick({ steps, threads }: EngineView): ThreadView | typeof GIVE_UP {
    if (steps === this.#schedule.threads.length) return GIVE_UP;
    const index = this.#schedule.threads[steps];
    const thread = threads[index];
    this.#answer = this.#schedule.answers[steps];
    if (thread !== undefined && thread.place >= 0) return thread;
    this.obstacle =
      thread === undefined ? `there is no thread ${index}` : `${thread.task.name} cannot go on: it is ${thread.state}`;
    return GIVE_UP;
  }

  choose(): boolean {
    return this.#answer === 1;
  }
}

/** The first step that is not the same in both; the number of their steps if all are. */
function firstDifference(one: Recording, other: Recording): number {
  const length = Math.min(one.length, other.length);
  for (let at = 0; at < length; at++) {
    if (one.thread[at] !== other.thread[at] || one.step[at] !== other.step[at] || one.flags[at] !== other.flags[at]) return at;
  }
  return length;
}

/** The repetition does not go beyond where the execution was broken off. */
function endsAlike(execution: Execution, repetition: Execution): boolean {
  if (["given-up", "cut", "livelock"].includes(execution.ending)) return repetition.ending === "given-up";
  return execution.ending === repetition.ending && endText(execution) === endText(repetition);
}

function endText({ ending, failure }: Execution): string {
  if (failure !== null) return `${failure.rule}${failure.task === "" ? "" : ` in ${failure.task}`}: ${failure.message}`;
  return ending === "given-up" ? "it goes on" : `it ends: ${ending}`;
}
