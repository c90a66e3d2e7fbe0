import type { EngineView, ThreadView } from "../engine/view.ts";
import { hashOfLabel, identityOf, labelOf, operationOfHash, questionOf } from "./label.ts";
import type { Answer, LabelledSchedule, Segment } from "./labelled_schedule.ts";
import { Questions } from "./questions.ts";
import { onwards } from "./replay.ts";
import { QuietStrategy } from "../engine/quiet_strategy.ts";
import type { Subject } from "../engine/subject.ts";

/** Steps beyond the recorded ones that a thread may take to come to where it was stopped. */
const WINDOW = 64;

/** The first decision that could not be taken. */
export interface Divergence {
  /** Number of the step, from 1. */
  readonly step: number;
  /** What should have happened, and what would happen instead. */
  readonly expected: string;
  readonly found: string;
  /** Who could run, and what each is about to do. */
  readonly enabled: readonly string[];
}

/**
 * Take the decisions of a labelled schedule again, after the sources were edited, too: a thread is stopped when it is about to do
 * what it was about to do then, however many steps that takes now.
 */
export class RealignedReplay extends QuietStrategy {
  readonly name = "replay";
  /** Decisions that were found in another place than they were recorded in. */
  resynchronised = 0;
  /** Steps that were decided by the schedule. */
  decided = 0;
  readonly #subject: Subject;
  readonly #schedule: LabelledSchedule;
  #diverged: {
    readonly segment: Segment;
    readonly step: number;
    readonly found: string;
    readonly enabled: readonly string[];
  } | null = null;
  readonly #questions = new Questions();
  /** Answers that nobody has asked for so far. */
  #unasked: Answer[] = [];
  #threads: readonly ThreadView[] = [];
  #segment = 0;
  #taken = 0;
  #occurrences = 0;

  constructor(subject: Subject, schedule: LabelledSchedule) {
    super();
    this.#subject = subject;
    this.#schedule = schedule;
  }

  get divergence(): Divergence | null {
    if (this.#diverged === null) return this.#divergedInChance;
    const {
      segment: { task, steps, stop },
      step,
      found,
      enabled,
    } = this.#diverged;
    const end =
      stop === 0
        ? "it can go no further"
        : `it stands before ${operationOfHash(this.#subject, task, stop) ?? "what is not there any more"}`;
    return { step, expected: `${task} takes ${steps} ${steps === 1 ? "step" : "steps"}, until ${end}`, found, enabled };
  }

  /** It has come to the last segment, but something that chance decided was not asked. */
  get #divergedInChance(): Divergence | null {
    const [answer] = this.#unasked;
    if (answer === undefined || this.#segment < this.#schedule.segments.length - 1) return null;
    const { task, asked, question } = answer;
    return {
      step: this.decided,
      expected: `${task} asks chance: ${asked ?? "anything"}, question ${question}`,
      found: "it does not",
      enabled: [],
    };
  }

  begin(): boolean {
    this.resynchronised = 0;
    this.#diverged = null;
    this.decided = 0;
    this.#questions.clear();
    this.#unasked = [...this.#schedule.answers];
    this.#segment = -1;
    this.#next();
    return true;
  }

  pick(engine: EngineView): ThreadView {
    this.#threads = engine.threads;
    for (let segment = this.#current(); segment !== undefined; segment = this.#current()) {
      const { task, steps } = segment;
      const thread = engine.threads.find((candidate) => identityOf(candidate, engine.threads) === task);
      if (thread !== undefined && thread.place >= 0 && !this.#isOver(segment)) {
        if (this.#taken < steps + WINDOW) return thread;
        this.#diverge(engine, segment, `${labelOf(this.#subject, thread)}, after ${this.#taken} steps`);
      } else if (this.#taken === 0) {
        this.#diverge(
          engine,
          segment,
          thread === undefined ? `there is no ${task}` : `${labelOf(this.#subject, thread)}, where it is ${thread.state}`,
        );
      }
      if (this.#taken !== steps && !this.#isLast()) this.resynchronised++;
      this.#next();
    }
    return onwards(engine);
  }

  choose(_percent: number, thread: ThreadView): boolean {
    const task = identityOf(thread, this.#threads);
    const what = questionOf(this.#subject, thread);
    const { all, same } = this.#questions.ask(task, what);
    const at = this.#unasked.findIndex(
      ({ task: whose, asked, question }) =>
        whose === task && (asked === null ? question === all : asked === what && question === same),
    );
    if (at >= 0) this.#unasked.splice(at, 1);
    return at >= 0;
  }

  override stepped(engine: EngineView): void {
    const segment = this.#current();
    if (segment === undefined) return;
    this.#taken++;
    this.decided = engine.steps;
    if (segment.stop !== 0 && hashOfLabel(labelOf(this.#subject, engine.lastThread!)) === segment.stop) this.#occurrences++;
  }

  #current(): Segment | undefined {
    return this.#schedule.segments[this.#segment];
  }

  #isLast(): boolean {
    return this.#segment === this.#schedule.segments.length - 1;
  }

  /** Does the thread stand where it is to be stopped? */
  #isOver({ stop, occurrence }: Segment): boolean {
    return stop !== 0 && this.#occurrences >= occurrence;
  }

  #next(): void {
    this.#segment++;
    this.#taken = 0;
    this.#occurrences = 0;
  }

  #diverge(engine: EngineView, segment: Segment, found: string): void {
    this.#diverged ??= {
      segment,
      step: engine.steps + 1,
      found,
      enabled: engine.enabled.map((thread) => labelOf(this.#subject, thread)),
    };
  }
}
