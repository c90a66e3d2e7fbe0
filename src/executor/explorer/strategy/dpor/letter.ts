import { addrOf, type Step } from "../../../../machine/step.ts";
import { hasAddress } from "../../dependence.ts";

/** What one step of a thread is, wherever it commutes to. */
export interface Letter {
  readonly thread: number;
  readonly step: Step;
  /** It changes its word; also if that cannot be foreseen. */
  readonly wrote: boolean;
  /** It ends the execution with a failure: nothing commutes with that. */
  readonly fatal: boolean;
  /** What chance answers. */
  readonly answer: Answer;
}

export type Answer = typeof NO | typeof YES | typeof NOT_ASKED | typeof OPEN;

export const NO = 0;
export const YES = 1;
/** Chance has no part in the step. */
export const NOT_ASKED = 2;
/** Whatever chance answers, if it is asked. */
export const OPEN = 3;

/** Do two steps of different threads not commute? (See areDependent, which asks the same of recorded steps.) */
export function clash(a: Letter, b: Letter): boolean {
  if (a.fatal || b.fatal) return true;
  return (a.wrote || b.wrote) && addrOf(a.step) === addrOf(b.step) && hasAddress(a.step) && hasAddress(b.step);
}

/** Can `first` come first in some continuation of `word`? That is, is it a weak initial of it? */
export function canBeFirst(first: Letter, word: readonly Letter[]): boolean {
  for (const letter of word) {
    if (letter.thread === first.thread) return letter.answer === first.answer || first.answer === OPEN;
    if (clash(first, letter)) return false;
  }
  return first.answer !== NO && first.answer !== YES; // else the continuation may need the other answer
}

/** Is all that can follow `word` also to be found behind these letters? */
export function isCovered(by: readonly Letter[], word: readonly Letter[]): boolean {
  return by.some((letter) => {
    if (canBeFirst(letter, word)) return true;
    const other = letter.answer === NO ? by.find(({ thread, answer }) => thread === letter.thread && answer === YES) : undefined;
    return other !== undefined && canBeFirst({ ...letter, answer: OPEN }, word) && canBeFirst({ ...other, answer: OPEN }, word);
  });
}

/** Are these letters all that the thread can do? */
export function isAsleep(thread: number, letters: readonly Letter[]): boolean {
  let answers = 0;
  for (const letter of letters) {
    if (letter.thread === thread && (++answers === 2 || (letter.answer !== NO && letter.answer !== YES))) return true;
  }
  return false;
}

/** `word` without the first step of that thread. */
export function without(thread: number, word: readonly Letter[]): readonly Letter[] {
  const at = word.findIndex((letter) => letter.thread === thread);
  return at < 0 ? word : word.toSpliced(at, 1);
}
