import { canBeFirst, NO, OPEN, without, YES, type Letter } from "./letter.ts";

/**
 * A wake-up tree (Abdulla et al., POPL 2014): what is still to be explored from a state, as words of steps that share their
 * beginnings. A leaf stands for all that can follow it.
 */
export interface Branch {
  readonly letter: Letter;
  readonly branches: Branch[];
}

/** See to it that words of the tree cover this one. */
export function insert(tree: Branch[], word: readonly Letter[]): void {
  const halves = new Set<number>();
  for (const { letter, branches } of tree) {
    const isWhole = canBeFirst(letter, word);
    if (!isWhole && !isHalf(letter, word)) continue;
    if (branches.length > 0) insert(branches, without(letter.thread, word));
    if (isWhole || halves.has(letter.thread)) return;
    halves.add(letter.thread);
  }
  append(tree, word);
}

/** With the other answer of chance, the letter would cover the word. */
function isHalf(letter: Letter, word: readonly Letter[]): boolean {
  return (letter.answer === NO || letter.answer === YES) && !word.some(({ thread }) => thread === letter.thread)
    && canBeFirst({ ...letter, answer: OPEN }, word);
}

function append(tree: Branch[], word: readonly Letter[]): void {
  let branches = tree;
  for (const letter of word) {
    const branch = { letter, branches: [] };
    branches.push(branch);
    branches = branch.branches;
  }
}
