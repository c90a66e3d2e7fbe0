/** Words that a program may declare. */
export const DECLARED = 2048;
/** Words of its memory: those that it declares, then one for each thread, then one for each mutex. */
export const WORDS = 3 * DECLARED;

/** The word that says whether thread `number` has ended. */
export function lifeWord(number: number): number {
  return DECLARED + number;
}

/** The word that says who holds mutex `number`: the id of its task, or 0. For reports only: no step names it. */
export function ownerWord(number: number): number {
  return 2 * DECLARED + number;
}
