import { plainRead, plainWrite } from "../machine/access.ts";
import type { Run } from "../machine/step.ts";
import { NULL, type Field, type Ptr, type u32 } from "../machine/struct.ts";
import type { Task } from "../machine/task.ts";
import { rebalanceInserted, rebalanceRemoved, replaceChild, setParent, updateUpwards } from "./interval_tree_balance.ts";
import { BLACK, copyU64, IntervalTreeNode, isBelow, RED, UNLINKED } from "./interval_tree_node.ts";

export { BLACK, IntervalTreeNode, RED, UNLINKED } from "./interval_tree_node.ts";

/**
 * Interval trees: closed intervals [start, last] of unsigned 64-bit values, embedded in the structures that have them.
 *
 * A red-black tree ordered by `start`; among equal starts the one that was inserted later comes later. Each node knows
 * the largest `last` of its subtree, so that a search enters only subtrees that hold a match: O(log n) to the first
 * match, and the next one costs O(log of the nodes skipped). The caller holds the lock that orders changes; a walk
 * may go without it as long as something else keeps the tree from changing (RULES 4).
 *
 * A node visited is one step, a node changed is one more; within a step its words are looked at directly.
 */

const START = IntervalTreeNode.start;
const LAST = IntervalTreeNode.last;
const SUBTREE_LAST = IntervalTreeNode.subtreeLast;
const PARENT = IntervalTreeNode.parent;
const LEFT = IntervalTreeNode.left;
const RIGHT = IntervalTreeNode.right;
const COLOUR = IntervalTreeNode.colour;

type Node = Ptr<"interval_tree_node">;
type RootField<S extends string> = Field<S, typeof u32>;

/** Is the node in a tree? (The kernel's `!RB_EMPTY_NODE`.) */
export function* intervalTreeIsLinked(task: Task, node: Node): Run<boolean> {
  if (task.interleaved) yield plainRead(node);
  return task.words[node + COLOUR] !== UNLINKED;
}

/** Put `node`, whose `start` and `last` are set, into the tree with its root at `obj->rootField`. */
export function* intervalTreeInsert<S extends string>(task: Task, obj: Ptr<S>, rootField: RootField<S>, node: Node): Run<void> {
  const words = task.words;
  const root = obj + rootField;
  let parent: number = NULL;
  let link = root; // the word that will point to `node`
  if (task.interleaved) yield plainRead(root);
  for (let at = words[link]; at !== NULL; at = words[link]) {
    if (task.interleaved) yield plainRead(at);
    if (isBelow(words, at + SUBTREE_LAST, node + LAST)) {
      if (task.interleaved) yield plainWrite(at);
      copyU64(words, at + SUBTREE_LAST, node + LAST);
    }
    parent = at;
    link = at + (isBelow(words, node + START, at + START) ? LEFT : RIGHT);
  }
  if (task.interleaved) yield plainWrite(node);
  copyU64(words, node + SUBTREE_LAST, node + LAST);
  words[node + PARENT] = parent;
  words[node + LEFT] = NULL;
  words[node + RIGHT] = NULL;
  words[node + COLOUR] = parent === NULL ? BLACK : RED;
  if (task.interleaved) yield plainWrite(parent === NULL ? root : parent);
  words[link] = node;
  if (parent !== NULL && words[parent + COLOUR] === RED) yield* rebalanceInserted(task, root, node);
}

/** Take `node` out of the tree with its root at `obj->rootField`, in which it must be. */
export function* intervalTreeRemove<S extends string>(task: Task, obj: Ptr<S>, rootField: RootField<S>, node: Node): Run<void> {
  const words = task.words;
  const root = obj + rootField;
  if (task.interleaved) yield plainRead(node);
  const left = words[node + LEFT];
  const right = words[node + RIGHT];
  const above = words[node + PARENT];
  if (left === NULL || right === NULL) {
    const child = left === NULL ? right : left;
    const colour = words[node + COLOUR];
    yield* replaceChild(task, root, above, node, child);
    if (child !== NULL) yield* setParent(task, child, above);
    if (above !== NULL) yield* updateUpwards(task, above);
    if (colour === BLACK) yield* rebalanceRemoved(task, root, above, child);
  } else {
    // The successor, which has no left child, leaves its place and takes that of `node`.
    let next = right;
    if (task.interleaved) yield plainRead(next);
    while (words[next + LEFT] !== NULL) {
      next = words[next + LEFT];
      if (task.interleaved) yield plainRead(next);
    }
    const child = words[next + RIGHT];
    const colour = words[next + COLOUR];
    let parent = words[next + PARENT];
    if (parent === node) {
      parent = next;
    } else {
      yield* replaceChild(task, root, parent, next, child);
      if (child !== NULL) yield* setParent(task, child, parent);
      if (task.interleaved) yield plainWrite(next);
      words[next + RIGHT] = right;
      yield* setParent(task, right, next);
    }
    if (task.interleaved) yield plainWrite(next);
    words[next + LEFT] = left;
    words[next + PARENT] = above;
    words[next + COLOUR] = words[node + COLOUR];
    copyU64(words, next + SUBTREE_LAST, node + SUBTREE_LAST);
    yield* setParent(task, left, next);
    yield* replaceChild(task, root, above, node, next);
    yield* updateUpwards(task, parent);
    yield* updateUpwards(task, next); // the first update may have stopped below `next`
    if (colour === BLACK) yield* rebalanceRemoved(task, root, parent, child);
  }
  if (task.interleaved) yield plainWrite(node);
  words[node + COLOUR] = UNLINKED;
}

/** The first node, in tree order, that has a value in common with [start, last]; NULL if there is none. */
export function intervalTreeIterFirst<S extends string>(
  task: Task,
  obj: Ptr<S>,
  rootField: RootField<S>,
  start: bigint | number,
  last: bigint | number,
): Run<Node> {
  const from = narrowed(start);
  const to = narrowed(last);
  return search(task, obj + rootField, NULL, lowWord(from), highWord(from), lowWord(to), highWord(to), null) as Run<Node>;
}

/** The match of [start, last] that follows `node`, itself one; NULL if there is none. */
export function intervalTreeIterNext(task: Task, node: Node, start: bigint | number, last: bigint | number): Run<Node> {
  const from = narrowed(start);
  const to = narrowed(last);
  return search(task, NULL, node, lowWord(from), highWord(from), lowWord(to), highWord(to), null) as Run<Node>;
}

/** All matches of [start, last], in tree order: for callers under the lock, who need not look again after each. */
export function intervalTreeQuery<S extends string>(
  task: Task,
  obj: Ptr<S>,
  rootField: RootField<S>,
  start: bigint | number,
  last: bigint | number,
): Run<Node[]> {
  const from = narrowed(start);
  const to = narrowed(last);
  return search(task, obj + rootField, NULL, lowWord(from), highWord(from), lowWord(to), highWord(to), []) as Run<Node[]>;
}

/**
 * The match that follows `node`, or the first one of the tree at `root` if `node` is NULL. A subtree is entered only if
 * something in it ends at or behind `start`; the walk is over at the first node that begins behind `last`. With `all`
 * the walk goes on from match to match, and what is returned is that list with all of them.
 */
function* search(
  task: Task,
  root: number,
  node: Node,
  startLow: number,
  startHigh: number,
  lastLow: number,
  lastHigh: number,
  all: Node[] | null,
): Run<Node | Node[]> {
  const words = task.words;
  let at: number = node;
  let isDone = node !== NULL; // the caller has been given this one, and all in front of it
  let isEntered = !isDone; // the subtree of `at`: its left part comes first
  if (isEntered) {
    if (task.interleaved) yield plainRead(root);
    at = words[root];
    if (at === NULL) return all ?? NULL;
  }
  if (task.interleaved) yield plainRead(at);
  if (isEntered && isBelowValue(words, at + SUBTREE_LAST, startLow, startHigh)) return all ?? NULL;
  for (;;) {
    while (isEntered) {
      const left = words[at + LEFT];
      if (left === NULL) break;
      if (task.interleaved) yield plainRead(left);
      if (isBelowValue(words, left + SUBTREE_LAST, startLow, startHigh)) break;
      at = left;
    }
    if (!isDone) {
      if (isAboveValue(words, at + START, lastLow, lastHigh)) return all ?? NULL;
      if (!isBelowValue(words, at + LAST, startLow, startHigh)) {
        if (all === null) return at as Node;
        all.push(at as Node);
      }
    }
    isDone = false;
    const right = words[at + RIGHT];
    if (right !== NULL) {
      if (task.interleaved) yield plainRead(right);
      isEntered = !isBelowValue(words, right + SUBTREE_LAST, startLow, startHigh);
      if (isEntered) {
        at = right;
        continue;
      }
    }
    isEntered = false;
    let below: number;
    do {
      // up, until we come from a left child
      below = at;
      at = words[below + PARENT];
      if (at === NULL) return all ?? NULL;
      if (task.interleaved) yield plainRead(at);
    } while (words[at + RIGHT] === below);
  }
}

/** Is the unsigned 64-bit value at address `a` less than the one given as two words? */
function isBelowValue(words: Int32Array, a: number, low: number, high: number): boolean {
  const ownHigh = words[a + 1];
  return ownHigh === high ? words[a] >>> 0 < low >>> 0 : ownHigh >>> 0 < high >>> 0;
}

function isAboveValue(words: Int32Array, a: number, low: number, high: number): boolean {
  const ownHigh = words[a + 1];
  return ownHigh === high ? words[a] >>> 0 > low >>> 0 : ownHigh >>> 0 > high >>> 0;
}

/** The same value as a number where that is exact: far cheaper to take apart than a bigint. */
function narrowed(value: bigint | number): bigint | number {
  if (typeof value === "number") return value;
  const number = Number(value);
  return number <= Number.MAX_SAFE_INTEGER ? number : value;
}

function lowWord(value: bigint | number): number {
  return typeof value === "number" ? value | 0 : Number(BigInt.asIntN(32, value));
}

function highWord(value: bigint | number): number {
  return typeof value === "number" ? (value / 0x1_0000_0000) | 0 : Number(BigInt.asIntN(32, value >> 32n));
}
