import { estimateSize, type SizeEstimate } from "../../measure/size_estimate.ts";
import type { EventLog } from "./event_log.ts";
import { isCovered, type Letter } from "./letter.ts";
import { insert, type Branch } from "./wakeup_tree.ts";

/** What is asleep makes later branches smaller: about so much, as experience has it. */
const SHRINKAGE = 0.5;

/** A state on the path of the present execution. */
interface Node {
  /** What was explored from here or from earlier states and commutes with all since: not to be taken again. */
  sleep: readonly Letter[];
  /** What is still to be explored from here. */
  tree: Branch[];
  /** Executions before the exploration came here. */
  readonly entered: number;
  /** Branches that are explored. */
  finished: number;
}

/** The states of the present execution, and what is left to explore from each: the depth-first frontier. */
export class Frontier {
  /** The present execution is the same as the former one before this step. */
  branchAt = 0;
  executions = 0;
  #nodes: Node[] = [];

  /** Turn to the next execution: leave what is finished; false if nothing is left. */
  next(log: EventLog): boolean {
    if (this.executions === 0) this.#nodes = [{ sleep: [], tree: [], entered: 0, finished: 0 }];
    else if (!this.#turn(log)) return false;
    this.executions++;
    return true;
  }

  /** What is asleep before step `at`. */
  sleep(at: number): readonly Letter[] {
    return this.#nodes[at].sleep;
  }

  /** Take the next branch that was planned for step `at`; null: anything that is not asleep will do. */
  descend(at: number): Letter | null {
    const branch = this.#nodes[at].tree.shift();
    this.#nodes.push({ sleep: [], tree: branch?.branches ?? [], entered: this.executions - 1, finished: 0 });
    return branch?.letter ?? null;
  }

  /** What is asleep after the newest step. */
  setSleep(sleep: readonly Letter[]): void {
    this.#nodes.at(-1)!.sleep = sleep;
  }

  /** Chance could have answered step `at` otherwise: to be explored next, unless it is known already. */
  addAnswer(at: number, letter: Letter): void {
    const { sleep, tree } = this.#nodes[at];
    const isKnown = ({ thread, answer }: Letter) => thread === letter.thread && answer === letter.answer;
    if (!sleep.some(isKnown) && !tree.some((branch) => isKnown(branch.letter))) tree.unshift({ letter, branches: [] });
  }

  /** See to it that this word is explored from the state before step `at`. */
  add(at: number, word: readonly Letter[]): void {
    const { sleep, tree } = this.#nodes[at];
    if (!isCovered(sleep, word)) insert(tree, word);
  }

  estimate(): SizeEstimate {
    const path = this.#nodes
      .map(({ tree, entered, finished }) => ({ entered, finished, branches: finished + 1 + tree.length }))
      .filter(({ branches }) => branches > 1);
    return estimateSize(path, this.executions, SHRINKAGE);
  }

  toJSON(): FrontierState {
    return { executions: this.executions, nodes: this.#nodes };
  }

  restore({ executions, nodes }: FrontierState): void {
    this.executions = executions;
    this.#nodes = nodes.map((node) => ({ ...node }));
  }

  #turn(log: EventLog): boolean {
    for (let at = log.length - 1; at >= 0; at--) {
      this.#nodes.length = at + 1;
      const node = this.#nodes[at];
      node.sleep = [...node.sleep, log.letter(at)];
      node.finished++;
      if (node.tree.length === 0) continue;
      this.branchAt = at;
      return true;
    }
    this.#nodes.length = 0;
    return false;
  }
}

/** What is written into a checkpoint. */
export interface FrontierState {
  readonly executions: number;
  readonly nodes: readonly Readonly<Node>[];
}
