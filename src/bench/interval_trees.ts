import { IntervalTree as FlattenTree } from "@flatten-js/interval-tree";
import { IntervalTree as NodeTree, type Interval } from "node-interval-tree";
import { pokeAddr } from "../machine/access.ts";
import type { Run } from "../machine/step.ts";
import { struct, u32, type Ptr } from "../machine/struct.ts";
import { Task } from "../machine/task.ts";
import { Tracer } from "../machine/tracer.ts";
import { IntervalTreeNode, intervalTreeInsert, intervalTreeQuery, intervalTreeRemove } from "../kernel/interval_tree.ts";

/** The kernel's interval tree and those of two libraries, made to answer the same questions. */

/** Closed intervals by number: interval i is [starts[i], lasts[i]]. */
export interface Intervals {
  readonly starts: readonly number[];
  readonly lasts: readonly number[];
}

export interface Tree {
  insert(i: number): void;
  remove(i: number): void;
  /** Number of intervals that have a value in common with [start, last]. */
  query(start: number, last: number): number;
}

/** An empty tree for these intervals. */
export type MakeTree = (intervals: Intervals) => Tree;

/** The kernel's, on a thread: nobody wants to see its steps. */
export const kernelTree: MakeTree = (intervals) => new KernelTree(intervals, false, runThrough);

/** The libraries by name. */
export const RIVALS: Readonly<Record<string, MakeTree>> = {
  "node-interval-tree": ({ starts, lasts }) => {
    const tree = new NodeTree<NumberedInterval>();
    return {
      insert: (i) => void tree.insert({ low: starts[i], high: lasts[i], i }),
      remove: (i) => void tree.remove({ low: starts[i], high: lasts[i], i }),
      query: (start, last) => tree.search(start, last).length,
    };
  },
  "flatten-js": ({ starts, lasts }) => {
    const tree = new FlattenTree<number>();
    return {
      insert: (i) => void tree.insert([starts[i], lasts[i]], i),
      remove: (i) => void tree.remove([starts[i], lasts[i]], i),
      query: (start, last) => tree.search([start, last]).length,
    };
  },
};

interface NumberedInterval extends Interval {
  readonly i: number;
}

/** The kernel's tree as an interleaving executor meets it: it can stop before every node, and `steps` counts how often. */
export class SteppedTree implements Tree {
  steps = 0;
  readonly #tree: KernelTree;

  constructor(intervals: Intervals) {
    this.#tree = new KernelTree(intervals, true, (body) => {
      for (;;) {
        const next = body.next(0);
        if (next.done === true) return next.value;
        this.steps++;
      }
    });
  }

  insert(i: number): void {
    this.#tree.insert(i);
  }

  remove(i: number): void {
    this.#tree.remove(i);
  }

  query(start: number, last: number): number {
    return this.#tree.query(start, last);
  }
}

const Owner = struct("owner", { root: u32 });
/** Address of the tree's owner; the nodes follow. Word 0 is NULL. */
const OWNER = 1 as Ptr<"owner">;
const NODES = OWNER + Owner.words;

class KernelTree implements Tree {
  readonly #intervals: Intervals;
  readonly #task: Task;
  readonly #run: <T>(body: Run<T>) => T;

  constructor(intervals: Intervals, interleaved: boolean, run: <T>(body: Run<T>) => T) {
    this.#intervals = intervals;
    this.#run = run;
    const words = new Int32Array(new SharedArrayBuffer((NODES + intervals.starts.length * IntervalTreeNode.words) * 4));
    this.#task = new Task({ id: 1, name: "bench", words, tracer: new Tracer(), interleaved, nowUs: () => 0 });
  }

  insert(i: number): void {
    const node = nodeOf(i);
    pokeAddr(this.#task.words, node + IntervalTreeNode.start, this.#intervals.starts[i]);
    pokeAddr(this.#task.words, node + IntervalTreeNode.last, this.#intervals.lasts[i]);
    this.#run(intervalTreeInsert(this.#task, OWNER, Owner.root, node));
  }

  remove(i: number): void {
    this.#run(intervalTreeRemove(this.#task, OWNER, Owner.root, nodeOf(i)));
  }

  query(start: number, last: number): number {
    return this.#run(intervalTreeQuery(this.#task, OWNER, Owner.root, start, last)).length;
  }
}

/** Run a task that nobody interleaves with: it never yields. */
function runThrough<T>(body: Run<T>): T {
  const next = body.next(0);
  if (next.done !== true) throw new Error("the tree yielded on a thread");
  return next.value;
}

function nodeOf(i: number): Ptr<"interval_tree_node"> {
  return (NODES + i * IntervalTreeNode.words) as Ptr<"interval_tree_node">;
}
