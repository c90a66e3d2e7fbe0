import type { Failure, FailureKind } from "../../executor/explorer/engine/failure.ts";
import { Recording } from "../../executor/explorer/engine/recording.ts";
import { Rng } from "../../executor/explorer/engine/rng.ts";
import { runOnce } from "../../executor/explorer/engine/run.ts";
import { StackEngine } from "../../executor/explorer/sanitizer/stacks.ts";
import type { Strategy } from "../../executor/explorer/engine/strategy.ts";
import { addrOf } from "../../machine/step.ts";
import type { Story, StoryEvent } from "./finding.ts";
import { sentenceOf } from "../../trace/words.ts";
import { Names } from "./names.ts";
import { foldLoops, leaveOut } from "./story_length.ts";
import { StoryObserver, type Observation } from "./story_observer.ts";
import { isEvent, stepText } from "./step_text.ts";
import { isTold, type Topic } from "./topic.ts";
import type { HuntSubject } from "../machine/subject.ts";

/** What is to be told. */
export interface StoryRequest {
  /** Lets the execution happen again. */
  readonly replay: Strategy;
  /** Its number of steps. */
  readonly steps: number;
  readonly kind: FailureKind;
  /** Steps, from 1, that are told of whatever they are: those that the failure depends on. */
  readonly needed: ReadonlySet<number>;
}

/** What was told. */
export interface NarratedFailure {
  readonly story: Story;
  /** The failure with all that sanitizers know of it; null if nothing failed. */
  readonly failure: Failure | null;
}

/** What else than the usual is the point. */
const TOPIC: Readonly<Partial<Record<FailureKind, Topic>>> = {
  deadlock: "locks",
  "partial-deadlock": "locks",
  "lost-wakeup": "locks",
  "lock-order": "locks",
  "atomic-sleep": "locks",
  "use-after-free": "objects",
  "data-race": "objects",
  leak: "objects",
};

/**
 * Let a failing execution happen again and write down what a person wants to hear: tracepoints in the kernel's words, steps
 * only where no tracepoint says it. The subject should be one of its own, for its tracer is listened to from now on.
 */
export function narrate(subject: HuntSubject, request: StoryRequest): NarratedFailure {
  const { observations, failure } = observe(subject, request);
  const processors = [...new Set(subject.taskNames().map((name) => subject.columnOf(name)))];
  const columns = processors.filter((processor) => observations.some(({ task }) => subject.columnOf(task) === processor));
  const narrator = new Narrator(subject, request, columns, observations);
  observations.forEach((observation, index) => {
    narrator.hear(observation, index + 1);
  });
  return { story: { columns, events: leaveOut(foldLoops(narrator.events()), request.needed) }, failure };
}

/** On an engine that remembers stacks, so that sanitizers say what they know. */
function observe(
  subject: HuntSubject,
  { replay, steps }: StoryRequest,
): { observations: readonly Observation[]; failure: Failure | null } {
  const observer = new StoryObserver(replay, subject.tracer);
  const { words, image, config } = subject;
  const engine = new StackEngine(words, { image, spuriousPercent: config.faults.spuriousPercent });
  const recording = new Recording();
  observer.begin(0);
  const { failure } = runOnce(engine, subject, observer, recording, new Rng(0, 0), { maxSteps: steps, fairSteps: 0 });
  if (recording.length > observer.observations.length) observer.note(engine); // the step that threw
  return { observations: observer.observations, failure };
}

/** Makes events of steps. */
class Narrator {
  readonly #events: StoryEvent[] = [];
  readonly #subject: HuntSubject;
  readonly #request: StoryRequest;
  readonly #columns: readonly string[];
  readonly #names: Names;
  readonly #shared: SharedWords;
  /** Tasks that something was told of. */
  readonly #known = new Set<string>();
  /** Steps of one task in a row that nobody needs to hear of singly. */
  #aside: Aside | null = null;

  constructor(subject: HuntSubject, request: StoryRequest, columns: readonly string[], observations: readonly Observation[]) {
    this.#subject = subject;
    this.#request = request;
    this.#columns = columns;
    this.#names = new Names(subject.layout);
    this.#shared = new SharedWords(observations, (task) => subject.columnOf(task));
  }

  hear(observation: Observation, step: number): void {
    const { task, hits } = observation;
    const isNeeded = this.#request.needed.has(step) || step === this.#request.steps;
    const nameOf = (addr: number) => this.#names.object(addr);
    const about = (topic: Topic) => hits.filter(({ id }) => isTold(id, topic)).flatMap((hit) => sentenceOf(nameOf, hit) ?? []);
    const usual = about(TOPIC[this.#request.kind] ?? null);
    const sentences = usual.length === 0 && isNeeded ? about("locks") : usual;
    const isWorthTelling =
      sentences.length > 0 ||
      isNeeded ||
      (isEvent(observation) && this.#shared.has(addrOf(observation.step)) && this.#known.has(task));
    if (isWorthTelling) this.#tell(observation, step, sentences, isNeeded);
    else this.#passOver(observation, step);
  }

  events(): readonly StoryEvent[] {
    this.#endAside();
    return this.#events;
  }

  #passOver(observation: Observation, step: number): void {
    if (this.#aside?.task !== observation.task) this.#endAside();
    this.#aside ??= { first: step, last: step, task: observation.task, changes: new Map() };
    this.#aside.last = step;
    noteChange(this.#aside.changes, observation);
  }

  /** What went before it in the same turn is told with it, unless it has to stand alone. */
  #tell(observation: Observation, step: number, sentences: readonly string[], isAlone: boolean): void {
    const { task } = observation;
    if (isAlone || this.#aside?.task !== task) this.#endAside();
    const { first, changes } = this.#aside ?? { first: step, changes: new Map<number, Change>() };
    this.#aside = null;
    if (sentences.length > 0) noteChange(changes, observation);
    const texts = sentences.length > 0 ? sentences : [stepText(observation, this.#names)];
    texts.forEach((text, index) => {
      const isLast = index === texts.length - 1;
      const details = isLast ? this.#told(changes) : [];
      this.#add({ first, last: step, task, text, details, isWrong: isLast && step === this.#request.steps, isAside: false });
    });
    this.#known.add(task);
  }

  /** The task was interrupted: what it did so far is told only if others could see it. */
  #endAside(): void {
    if (this.#aside === null) return;
    const { first, last, task, changes } = this.#aside;
    this.#aside = null;
    const [text, ...details] = this.#told(changes);
    if (text !== undefined) this.#add({ first, last, task, text, details, isWrong: false, isAside: true });
  }

  /** Changes that other processors may see and that say something to a person. */
  #told(changes: ReadonlyMap<number, Change>): string[] {
    return [...changes].flatMap(([addr, { before, after }]) => {
      if (before === after || !this.#shared.has(addr) || !this.#names.isTelling(addr)) return [];
      return [`${this.#names.word(addr)} ${this.#names.change(before, after)}`];
    });
  }

  #add(event: Omit<StoryEvent, "column" | "times">): void {
    this.#events.push({ ...event, column: this.#columns.indexOf(this.#subject.columnOf(event.task)), times: 1 });
  }
}

interface Aside {
  readonly first: number;
  last: number;
  readonly task: string;
  readonly changes: Map<number, Change>;
}

interface Change {
  readonly before: number;
  readonly after: number;
}

function noteChange(changes: Map<number, Change>, { step, before, after }: Observation): void {
  const addr = addrOf(step);
  changes.set(addr, { before: changes.get(addr)?.before ?? before, after });
}

/** The words that more than one processor uses. */
class SharedWords {
  readonly #users = new Map<number, string>();
  readonly #shared = new Set<number>();

  constructor(observations: readonly Observation[], columnOf: (task: string) => string) {
    for (const { step, task } of observations) {
      const addr = addrOf(step);
      const column = columnOf(task);
      const former = this.#users.get(addr);
      if (former === undefined) this.#users.set(addr, column);
      else if (former !== column) this.#shared.add(addr);
    }
  }

  has(addr: number): boolean {
    return this.#shared.has(addr);
  }
}
