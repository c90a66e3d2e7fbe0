import { addrOf, type Step } from "../../../../machine/step.ts";
import { hasAddress } from "../../engine/dependence.ts";

/** What one step of a thread is, wherever it commutes to. Plain data. */
export interface Letter {
  readonly thread: number;
  readonly step: Step;
  /** It changes its word. */
  readonly wrote: boolean;
  /** It ends the execution with a failure: nothing commutes with that. */
  readonly fatal: boolean;
  /** What chance answers. */
  readonly answer: Answer;
}

export type Answer = typeof NO | typeof YES | typeof NOT_ASKED;

export const NO = 0;
export const YES = 1;
/** Chance has no part in the step. */
export const NOT_ASKED = 2;

/** Do two steps of different threads not commute? (See areDependent, which asks the same of recorded steps.) */
export function clash(a: Letter, b: Letter): boolean {
  if (a.fatal || b.fatal) return true;
  return (a.wrote || b.wrote) && addrOf(a.step) === addrOf(b.step) && hasAddress(a.step) && hasAddress(b.step);
}

/** Is the letter a weak initial of the word: whatever the continuation, can it come first, if chance answers the same? */
export function canBeFirst(letter: Letter, word: readonly Letter[]): boolean {
  for (const other of word) {
    if (other.thread === letter.thread) return other.answer === letter.answer;
    if (clash(letter, other)) return false;
  }
  return letter.answer === NOT_ASKED;
}

/** The word does not tell how chance answers the letter's thread: would the letter, with both answers, cover it? */
export function isHalf(letter: Letter, word: readonly Letter[]): boolean {
  return letter.answer !== NOT_ASKED && word.every((other) => other.thread !== letter.thread && !clash(letter, other));
}

/** Is all that can follow `word` also to be found behind these letters? */
export function isCovered(by: readonly Letter[], word: readonly Letter[]): boolean {
  let halves: Letter[] | null = null;
  for (const letter of by) {
    if (canBeFirst(letter, word)) return true;
    if (!isHalf(letter, word)) continue;
    if (halves?.some(({ thread }) => thread === letter.thread)) return true;
    (halves ??= []).push(letter);
  }
  return false;
}

/** Are these letters all that the thread can do? */
export function isAsleep(thread: number, letters: readonly Letter[]): boolean {
  let answers = 0;
  for (const letter of letters) {
    if (letter.thread === thread && (letter.answer === NOT_ASKED || ++answers === 2)) return true;
  }
  return false;
}

/** Those letters that are still the same after this one. */
export function stillAsleep(letters: readonly Letter[], taken: Letter): readonly Letter[] {
  const isAwake = (letter: Letter) => letter.thread === taken.thread || clash(letter, taken);
  return letters.some(isAwake) ? letters.filter((letter) => !isAwake(letter)) : letters;
}
