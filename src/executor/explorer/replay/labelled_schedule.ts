import { Engine } from "../engine/engine.ts";
import { hashOfLabel, identityOf, labelOf, questionOf } from "./label.ts";
import { Questions } from "./questions.ts";
import { Recording, type Schedule } from "../engine/recording.ts";
import { Replay } from "./replay.ts";
import { Rng } from "../engine/rng.ts";
import { runOnce } from "../engine/run.ts";
import type { Subject } from "../engine/subject.ts";
import type { EngineView, ThreadView } from "../engine/view.ts";

/** Steps that one thread takes in a row. */
export interface Segment {
  /** Who; see identityOf. */
  readonly task: string;
  /** How many steps. */
  readonly steps: number;
  /**
   * The step before which it stops, as a hash of its label, and which such step it is in the segment; 0 and 0 if the
   * thread cannot go on there anyway.
   */
  readonly stop: number;
  readonly occurrence: number;
}

/** A question of chance that was answered with yes. */
export interface Answer {
  readonly task: string;
  /** What was asked, see questionOf; null in tokens of old, which only number the questions. */
  readonly asked: string | null;
  /** Which question of that thread it is, from 1: of those that ask the same, or of all if it is not known what was asked. */
  readonly question: number;
}

/**
 * The decisions of an execution in words that survive an edit of the sources: where a thread was stopped is told by what it was
 * about to do, not by the number of its steps, and a question of chance by what was asked. After the last segment the thread that
 * runs goes on, and then the next one by number.
 */
export interface LabelledSchedule {
  readonly segments: readonly Segment[];
  readonly answers: readonly Answer[];
}

/** Put labels to a schedule, by letting it happen again. */
export function labelSchedule(subject: Subject, schedule: Schedule, spuriousPercent = 0): LabelledSchedule {
  const labeller = new Labeller(subject, schedule);
  const engine = new Engine(subject.words, { image: subject.image, spuriousPercent });
  labeller.begin();
  runOnce(engine, subject, labeller, new Recording(), new Rng(0), { maxSteps: schedule.threads.length, fairSteps: 0 });
  return labeller.result();
}

/** A replay that writes down what it sees. */
class Labeller extends Replay {
  readonly #subject: Subject;
  readonly #segments: Segment[] = [];
  readonly #answers: Answer[] = [];
  readonly #questions = new Questions();
  #threads: readonly ThreadView[] = [];
  #task = "";
  #steps = 0;
  /** Labels that the running thread has stood before in this segment. */
  #seen: number[] = [];

  constructor(subject: Subject, schedule: Schedule) {
    super(schedule);
    this.#subject = subject;
  }

  override pick(engine: EngineView): ThreadView {
    const thread = super.pick(engine);
    const { lastThread } = engine;
    if (lastThread !== null && thread !== lastThread) this.#close(lastThread.place < 0);
    this.#threads = engine.threads;
    this.#task = identityOf(thread, engine.threads);
    this.#steps++;
    return thread;
  }

  override stepped(engine: EngineView): void {
    this.#seen.push(hashOfLabel(labelOf(this.#subject, engine.lastThread!)));
  }

  override choose(percent: number, thread: ThreadView): boolean {
    const answer = super.choose(percent, thread);
    const task = identityOf(thread, this.#threads);
    const asked = questionOf(this.#subject, thread);
    const { same } = this.#questions.ask(task, asked);
    if (answer) this.#answers.push({ task, asked, question: same });
    return answer;
  }

  result(): LabelledSchedule {
    if (this.#steps > 0) this.#close(true);
    return { segments: this.#segments, answers: this.#answers };
  }

  /** @param isBlocked the thread could not have gone on */
  #close(isBlocked: boolean): void {
    const stop = isBlocked ? 0 : this.#seen.at(-1)!;
    const occurrence = isBlocked ? 0 : this.#seen.filter((label) => label === stop).length;
    this.#segments.push({ task: this.#task, steps: this.#steps, stop, occurrence });
    this.#steps = 0;
    this.#seen = [];
  }
}
