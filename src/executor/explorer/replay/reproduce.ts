import { Engine } from "../engine/engine.ts";
import { signatureOf, type Failure } from "../engine/failure.ts";
import { Recording } from "../engine/recording.ts";
import { Rng } from "../engine/rng.ts";
import { runOnce, type Patience } from "../engine/run.ts";
import type { Strategy } from "../engine/strategy.ts";
import type { Subject } from "../engine/subject.ts";

/** Less than a hunt has: most of what is tried on the way to a smaller schedule leads nowhere. */
const PATIENCE: Patience = { maxSteps: 4000, fairSteps: 4000 };

/** Runs one subject again and again in search of one failure, and counts. */
export class Reproducer {
  readonly subject: Subject;
  /** What counts as the same failure; see signatureOf. */
  readonly signature: string;
  /** Of the last execution. */
  readonly recording = new Recording();
  readonly engine: Engine;
  executions = 0;
  /** Over all executions. */
  steps = 0;
  /** Did the last one fail only at its end? */
  isAtEnd = false;
  /** Did the last one go on and on? */
  isEndless = false;
  /** Of the last execution, if it was the same. */
  failure: Failure | null = null;
  readonly #patience: Patience;

  constructor(subject: Subject, signature: string, spuriousPercent: number, patience: Patience = PATIENCE) {
    this.subject = subject;
    this.signature = signature;
    this.#patience = patience;
    this.engine = new Engine(subject.words, { image: subject.image, spuriousPercent });
  }

  /** One execution: does it fail in the same way? */
  fails(strategy: Strategy): boolean {
    this.executions++;
    strategy.begin(0);
    const { ending, failure, isAtEnd } = runOnce(this.engine, this.subject, strategy, this.recording, new Rng(0), this.#patience);
    this.failure = failure !== null && signatureOf(failure) === this.signature ? failure : null;
    this.steps += this.recording.length;
    this.isAtEnd = isAtEnd;
    this.isEndless = ending === "livelock";
    return this.failure !== null;
  }

  /** How often of so many times it fails in the same way. */
  times(times: number, strategy: () => Strategy): number {
    let failed = 0;
    for (let i = 0; i < times; i++) if (this.fails(strategy())) failed++;
    return failed;
  }
}
