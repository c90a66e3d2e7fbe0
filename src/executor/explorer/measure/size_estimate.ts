/** How large a tree of executions is, judged by the part that was explored depth first. */
export interface SizeEstimate {
  /** Executions in all. */
  readonly executions: number;
  /** What part of them is done: 0 to 1. */
  readonly done: number;
}

/** One branching of the path that the exploration is on. */
export interface Branching {
  /** Executions before the exploration came here. */
  readonly entered: number;
  /** Branches that are finished, without the one that the path takes. */
  readonly finished: number;
  /** Branches in all, as far as they are known. */
  readonly branches: number;
}

/**
 * Take each branch not yet explored for as large as the average of those begun at the same place, or smaller: from the innermost
 * branching outwards (the recursive estimator of Kilby et al., AAAI 2006). Exact at the end.
 *
 * @param path from the root; its last branching leads to the latest execution. Empty: nothing is left
 * @param executions so far
 * @param shrinkage how much smaller each further branch is: 1 for a full tree, less where former branches make later ones
 * superfluous
 */
export function estimateSize(path: readonly Branching[], executions: number, shrinkage: number): SizeEstimate {
  if (executions === 0) return { executions: 1, done: 0 };
  if (path.length === 0) return { executions, done: 1 };
  let size = 1;
  let begun = executions - 1;
  for (let i = path.length - 1; i >= 0; i--) {
    const { entered, finished, branches } = path[i];
    const explored = begun - entered + size;
    let further = 0;
    for (let left = branches - finished - 1; left > 0; left--) further = (further + 1) * shrinkage;
    size = explored + (explored / (finished + 1)) * further;
    begun = entered;
  }
  return { executions: size, done: Math.min(1, executions / size) };
}

/**
 * Seconds still to go; null while nothing is known.
 *
 * @param elapsedMs since the executions of this process began
 * @param executions of this process
 */
export function secondsToGo(estimate: SizeEstimate, executions: number, elapsedMs: number): number | null {
  if (executions === 0) return null;
  return ((1 - estimate.done) * estimate.executions * elapsedMs) / executions / 1000;
}
