import { canBeFirst, isHalf, type Letter } from "./letter.ts";

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
  let halves: number[] | null = null;
  for (const { letter, branches } of tree) {
    const isWhole = canBeFirst(letter, word);
    if (!isWhole && !isHalf(letter, word)) continue;
    if (branches.length > 0) insert(branches, without(letter.thread, word));
    if (isWhole || halves?.includes(letter.thread)) return;
    (halves ??= []).push(letter.thread);
  }
  append(tree, word);
}

/** `word` without the first step of that thread. */
function without(thread: number, word: readonly Letter[]): readonly Letter[] {
  const at = word.findIndex((letter) => letter.thread === thread);
  return at < 0 ? word : word.toSpliced(at, 1);
}

function append(tree: Branch[], word: readonly Letter[]): void {
  let branches = tree;
  for (const letter of word) {
    const branch = { letter, branches: [] };
    branches.push(branch);
    branches = branch.branches;
  }
}
