import {
  ACQUIRE,
  addrOf,
  CHOICE,
  FUTEX_WAIT,
  FUTEX_WAKE,
  kindOf,
  READ,
  READ_ONCE,
  RMW,
  type Step,
} from "../../../../machine/step.ts";
import { AWAIT } from "../../engine/await.ts";
import { hasAddress } from "../../engine/dependence.ts";
import type { ThreadView } from "../../engine/view.ts";
import { FATAL, type EventLog } from "./event_log.ts";
import { NO, NOT_ASKED, YES, type Letter } from "./letter.ts";

/**
 * What a step will do where it has not been taken yet. What cannot be foreseen counts as a look that changes nothing: should it
 * clash after all with something that it is taken to commute with, then the execution that takes both shows their race.
 */
export class Foresight {
  readonly #log: EventLog;
  /** Futex waits may return at once. */
  mayWakeSpuriously = false;

  constructor(log: EventLog) {
    this.#log = log;
  }

  /** Step `at`, taken before step `earlier`: one letter for each answer of chance. */
  sooner(at: number, earlier: number): Letter[] {
    const log = this.#log;
    const step = log.step[at];
    const kind = kindOf(step);
    const taken = log.letter(at);
    const isTouched = hasAddress(step) && addrOf(step) === addrOf(log.step[earlier]);
    if (!isTouched || kind === CHOICE) return [taken];
    const word = log.before[earlier];
    if (kind === FUTEX_WAIT) {
      const waits = this.#waits(taken, word === log.expected[at]);
      return waits.length > 1 && taken.answer !== NOT_ASKED ? waits.filter(({ answer }) => answer === taken.answer) : waits;
    }
    const isSame = kind === FUTEX_WAKE ? !isAboutSleepers(log.step[earlier]) : word === log.before[at];
    return [{ ...taken, wrote: alwaysWrites(step) || (isSame && taken.wrote), fatal: isSame && log.has(at, FATAL) }];
  }

  /** The step that a thread stands before. @param word what the word will hold there */
  ahead(thread: number, { next: step, task }: ThreadView, word: number): Letter[] {
    const letter: Letter = { thread, step, wrote: alwaysWrites(step), fatal: false, answer: NOT_ASKED };
    if (kindOf(step) === FUTEX_WAIT) return this.#waits(letter, word === task.expected);
    if (kindOf(step) !== CHOICE || task.percent <= 0 || task.percent >= 100) return [letter];
    return [
      { ...letter, answer: NO },
      { ...letter, answer: YES },
    ];
  }

  #waits(letter: Letter, sleeps: boolean): Letter[] {
    if (!sleeps || !this.mayWakeSpuriously) return [{ ...letter, wrote: sleeps, fatal: false, answer: NOT_ASKED }];
    return [otherwise({ ...letter, fatal: false, answer: YES }), otherwise({ ...letter, fatal: false, answer: NO })];
  }
}

/** The same step with the other answer of chance. */
export function otherwise(letter: Letter): Letter {
  const answer = letter.answer === NO ? YES : NO;
  return { ...letter, answer, wrote: kindOf(letter.step) === FUTEX_WAIT && answer === NO };
}

function isAboutSleepers(step: Step): boolean {
  return kindOf(step) === FUTEX_WAIT || kindOf(step) === FUTEX_WAKE;
}

/** Kinds that need not change their word. */
const MAY_ONLY_LOOK: ReadonlySet<number> = new Set([READ, READ_ONCE, ACQUIRE, RMW, AWAIT, FUTEX_WAIT, FUTEX_WAKE]);

function alwaysWrites(step: Step): boolean {
  return hasAddress(step) && !MAY_ONLY_LOOK.has(kindOf(step));
}
