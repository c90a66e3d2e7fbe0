import { ToolError } from "../../../machine/tool_error.ts";
import type { Branching } from "../measure/size_estimate.ts";

/** Where a depth-first walk is in a tree of decisions that is discovered by walking it. */
export class TreePath {
  /** Leaves that were reached, or are being reached. */
  leaves = 0;
  #branchings: Decision[] = [];
  /** Decisions since the root of the present walk. */
  #depth = 0;

  /** Start the walk to the next leaf; false if that was the last one. */
  next(): boolean {
    if (this.leaves > 0 && !this.#turn()) return false;
    this.leaves++;
    this.#depth = 0;
    return true;
  }

  /** Which of so many options to take here. */
  decide(options: number): number {
    if (options === 1) return 0;
    const known = this.#branchings[this.#depth++];
    if (known === undefined) {
      this.#branchings.push({ options, taken: 0, entered: this.leaves - 1 });
      return 0;
    }
    if (known.options !== options)
      throw new ToolError("the subject is not deterministic: the same decisions led to another state");
    return known.taken;
  }

  /** As an estimate of the tree's size wants it. */
  branchings(): Branching[] {
    return this.#branchings.map(({ options, taken, entered }) => ({ entered, finished: taken, branches: options }));
  }

  /** Forget the tree. */
  clear(): void {
    this.leaves = 0;
    this.#branchings = [];
  }

  toJSON(): TreePathState {
    return { leaves: this.leaves, branchings: this.#branchings };
  }

  restore(state: TreePathState): void {
    this.leaves = state.leaves;
    this.#branchings = state.branchings.map((decision) => ({ ...decision }));
  }

  /** Leave the finished branchings, and take the next option at the innermost one that has any. */
  #turn(): boolean {
    for (let last = this.#branchings.at(-1); last !== undefined; last = this.#branchings.at(-1)) {
      if (++last.taken < last.options) return true;
      this.#branchings.pop();
    }
    return false;
  }
}

interface Decision {
  readonly options: number;
  taken: number;
  /** Leaves before the walk first came here. */
  readonly entered: number;
}

/** What is written into a checkpoint. */
export interface TreePathState {
  readonly leaves: number;
  readonly branchings: readonly Readonly<Decision>[];
}
