import { explore, type Exploration, type Found } from "./engine/explore.ts";
import { signatureOf, type Failure } from "./engine/failure.ts";
import { Recording, type Schedule } from "./engine/recording.ts";
import { Engine } from "./engine/engine.ts";
import { Rng } from "./engine/rng.ts";
import { runOnce } from "./engine/run.ts";
import type { Subject } from "./engine/subject.ts";
import { certify, type Certificate } from "./explain/certificate.ts";
import { minimise } from "./minimise/minimise.ts";
import { labelSchedule } from "./replay/labelled_schedule.ts";
import { operationOf } from "./replay/label.ts";
import { RealignedReplay, type Divergence } from "./replay/realigned_replay.ts";
import { Replay } from "./replay/replay.ts";
import { Reproducer } from "./replay/reproduce.ts";
import { parseToken, printToken, TokenError } from "./replay/token.ts";
import { createStrategy } from "./strategy/catalogue.ts";

export interface CheckOptions {
  /** One of STRATEGY_NAMES; `portfolio` if none is named. */
  readonly strategy?: string;
  /** Executions at most; 10 000 if nothing is said. */
  readonly schedules?: number;
  /** Of all chance; 1 if nothing is said, so that a test is the same each time. */
  readonly seed?: number;
}

/** Some schedule fails. The message tells the smallest one found, step by step, why it fails, and the token that replays it. */
export class CheckError extends Error {
  override readonly name = "CheckError";
  readonly failure: Failure;
  readonly schedule: Schedule;
  readonly certificate: Certificate;
  /** For {@link replay}. */
  readonly token: string;

  constructor(message: string, { failure, schedule, certificate, token }: Omit<CheckError, keyof Error>) {
    super(message);
    this.failure = failure;
    this.schedule = schedule;
    this.certificate = certificate;
    this.token = token;
  }
}

/**
 * Explore a program until a schedule fails, the budget is spent, or there is nothing left to explore.
 *
 * @returns what was explored; `exhaustive` says whether that was all
 * @throws CheckError for the first failure, made small
 * @throws RangeError if there is no strategy of that name
 */
export function check(subject: Subject, options: CheckOptions = {}): Exploration {
  const { strategy: name = "portfolio", schedules = 10_000, seed = 1 } = options;
  const exploration = explore({ subject, strategy: createStrategy({ name, seed }, subject), seed, schedules });
  const [found] = exploration.found;
  if (found !== undefined) throw explained(subject, found, seed);
  return exploration;
}

/** What came of a replay. */
export interface ReplayedCheck {
  /** Null if nothing fails any more. */
  readonly failure: Failure | null;
  /** The first decision that could not be taken again; null if all could. */
  readonly divergence: Divergence | null;
}

/**
 * Let a failure that {@link check} found happen again, after edits of the program, too.
 *
 * @throws TokenError for what is no token, or one of another program
 */
export function replay(subject: Subject, token: string): ReplayedCheck {
  const { config, seed, decisions } = parseToken(token);
  if (config !== subject.name) throw new TokenError(`the token is of ${JSON.stringify(config)}, not of "${subject.name}"`);
  const strategy = new RealignedReplay(subject, decisions);
  strategy.begin();
  const engine = new Engine(subject.words, { image: subject.image });
  const { failure } = runOnce(engine, subject, strategy, new Recording(), new Rng(seed));
  return { failure, divergence: strategy.divergence };
}

/** What may be spent on a smaller schedule. */
const TO_MINIMISE = { executions: 4000, steps: 1_000_000 };

function explained(subject: Subject, found: Found, seed: number): CheckError {
  const reproducer = new Reproducer(subject, signatureOf(found.failure), 0);
  const { schedule, switches } = minimise(reproducer, found.schedule, TO_MINIMISE);
  const certificate = certify(reproducer, schedule);
  const decisions = labelSchedule(subject, schedule);
  const { strategy, index } = found;
  const token = printToken({ config: subject.name, strategy, seed, index, decisions });
  reproducer.fails(new Replay(schedule));
  const failure = reproducer.failure ?? found.failure;
  const steps = stepsOf(reproducer, schedule.threads.length);
  const size = `${steps.length} steps, ${switches} switches`;
  const message = [
    `${subject.name}: ${failure.rule.startsWith(failure.kind) ? failure.rule : signatureOf(failure)}: ${failure.message}`,
    ...failure.details.map((detail) => `  ${detail}`),
    `found by ${strategy}, execution ${index + 1}, seed ${seed}; minimised to ${size}`,
    "",
    ...steps.map((step, i) => `${numbered(i)}  ${step}`),
    "",
    `necessary orders (the other way round, it passes): ${certificate.orders.length === 0 ? "none" : ""}`.trimEnd(),
    ...certificate.orders.map(({ before, after, heldBack }) => {
      const later = heldBack === undefined ? steps[after] : `${heldBack.task}  ${heldBack.operation}`;
      return `${numbered(before)} < ${heldBack === undefined ? String(after + 1) : "end"}  ${steps[before]}, then ${later}`;
    }),
    "",
    `replay: ${token}`,
  ].join("\n");
  return new CheckError(message, { failure, schedule, certificate, token });
}

function numbered(step: number): string {
  return String(step + 1).padStart(4);
}

/** What was done in the last execution, one step a line: `a  WRITE x`. */
function stepsOf({ recording, engine, subject }: Reproducer, most: number): string[] {
  const names = engine.threads.map(({ task }) => task.name);
  const width = Math.max(...names.map(({ length }) => length));
  return Array.from({ length: Math.min(recording.length, most) }, (_, i) => {
    const { thread, step } = recording.at(i);
    return `${names[thread].padEnd(width)}  ${operationOf(subject, step)}`;
  });
}
