import { canBeFirst, without, type Letter } from "./letter.ts";

/**
 * A wake-up tree (Abdulla et al., POPL 2014): what is still to be explored from a state, as words of steps that share their
 * beginnings. A leaf stands for all that can follow it.
 */
export interface Branch {
  readonly letter: Letter;
  readonly branches: Branch[];
}

/** See to it that some word of the tree covers this one. */
export function insert(tree: Branch[], word: readonly Letter[]): void {
  let branches = tree;
  let rest = word;
  for (;;) {
    const within = branches.find(({ letter }) => canBeFirst(letter, rest));
    if (within === undefined) break;
    if (within.branches.length === 0) return;
    rest = without(within.letter.thread, rest);
    branches = within.branches;
  }
  for (const letter of rest) {
    const branch = { letter, branches: [] };
    branches.push(branch);
    branches = branch.branches;
  }
}
