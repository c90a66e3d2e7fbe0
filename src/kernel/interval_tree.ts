import { touch, visit } from "../machine/access.ts";
import type { Run } from "../machine/step.ts";
import { NULL, struct, u32, u64, type Field, type Ptr } from "../machine/struct.ts";
import type { Task } from "../machine/task.ts";

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
export const IntervalTreeNode = struct("interval_tree_node", {
  start: u64,
  last: u64,
  /** The largest `last` in the subtree below and including this node. */
  subtreeLast: u64,
  parent: u32,
  left: u32,
  right: u32,
  /** UNLINKED, RED or BLACK: a zeroed node is in no tree. */
  colour: u32,
});

export const UNLINKED = 0;
export const RED = 1;
export const BLACK = 2;

const START = IntervalTreeNode.start;
const LAST = IntervalTreeNode.last;
const SUBTREE_LAST = IntervalTreeNode.subtreeLast;
const PARENT = IntervalTreeNode.parent;
const LEFT = IntervalTreeNode.left;
const RIGHT = IntervalTreeNode.right;
const COLOUR = IntervalTreeNode.colour;

type Node = Ptr<"interval_tree_node">;
type RootField<S extends string> = Field<S, typeof u32>;
/** LEFT or RIGHT. The mirror image of a side is `LEFT + RIGHT - side`. */
type Side = number;

/** Is the node in a tree? (The kernel's `!RB_EMPTY_NODE`.) */
export function* intervalTreeIsLinked(task: Task, node: Node): Run<boolean> {
  if (task.interleaved) yield* visit(task, node);
  return task.words[node + COLOUR] !== UNLINKED;
}

/** Put `node`, whose `start` and `last` are set, into the tree with its root at `obj->rootField`. */
export function* intervalTreeInsert<S extends string>(
  task: Task, obj: Ptr<S>, rootField: RootField<S>, node: Node,
): Run<void> {
  const words = task.words;
  const root = obj + rootField;
  let parent: number = NULL;
  let link = root; // the word that will point to `node`
  if (task.interleaved) yield* visit(task, root);
  for (let at = words[link]; at !== NULL; at = words[link]) {
    if (task.interleaved) yield* visit(task, at);
    if (isBelow(words, at + SUBTREE_LAST, node + LAST)) {
      if (task.interleaved) yield* touch(task, at);
      copyU64(words, at + SUBTREE_LAST, node + LAST);
    }
    parent = at;
    link = at + (isBelow(words, node + START, at + START) ? LEFT : RIGHT);
  }
  if (task.interleaved) yield* touch(task, node);
  copyU64(words, node + SUBTREE_LAST, node + LAST);
  words[node + PARENT] = parent;
  words[node + LEFT] = NULL;
  words[node + RIGHT] = NULL;
  words[node + COLOUR] = RED;
  if (task.interleaved) yield* touch(task, parent === NULL ? root : parent);
  words[link] = node;
  yield* rebalanceInserted(task, root, node);
}

/** Take `node` out of the tree with its root at `obj->rootField`, in which it must be. */
export function* intervalTreeRemove<S extends string>(
  task: Task, obj: Ptr<S>, rootField: RootField<S>, node: Node,
): Run<void> {
  const words = task.words;
  const root = obj + rootField;
  if (task.interleaved) yield* visit(task, node);
  const left = words[node + LEFT];
  const right = words[node + RIGHT];
  const above = words[node + PARENT];
  if (left === NULL || right === NULL) {
    const child = left === NULL ? right : left;
    const colour = words[node + COLOUR];
    yield* replaceChild(task, root, above, node, child);
    yield* setParent(task, child, above);
    yield* updateUpwards(task, above);
    if (colour === BLACK) yield* rebalanceRemoved(task, root, above, child);
  } else {
    // The successor, which has no left child, leaves its place and takes that of `node`.
    let next = right;
    if (task.interleaved) yield* visit(task, next);
    while (words[next + LEFT] !== NULL) {
      next = words[next + LEFT];
      if (task.interleaved) yield* visit(task, next);
    }
    const child = words[next + RIGHT];
    const colour = words[next + COLOUR];
    let parent = words[next + PARENT];
    if (parent === node) {
      parent = next;
    } else {
      yield* replaceChild(task, root, parent, next, child);
      yield* setParent(task, child, parent);
      if (task.interleaved) yield* touch(task, next);
      words[next + RIGHT] = right;
      yield* setParent(task, right, next);
    }
    if (task.interleaved) yield* touch(task, next);
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
  if (task.interleaved) yield* touch(task, node);
  words[node + COLOUR] = UNLINKED;
}

/** The first node, in tree order, that has a value in common with [start, last]; NULL if there is none. */
export function intervalTreeIterFirst<S extends string>(
  task: Task, obj: Ptr<S>, rootField: RootField<S>, start: bigint | number, last: bigint | number,
): Run<Node> {
  const from = narrowed(start);
  const to = narrowed(last);
  return nextMatch(task, obj + rootField, NULL, lowWord(from), highWord(from), lowWord(to), highWord(to), null);
}

/** The match of [start, last] that follows `node`, itself one; NULL if there is none. */
export function intervalTreeIterNext(
  task: Task, node: Node, start: bigint | number, last: bigint | number,
): Run<Node> {
  const from = narrowed(start);
  const to = narrowed(last);
  return nextMatch(task, NULL, node, lowWord(from), highWord(from), lowWord(to), highWord(to), null);
}

/** All matches of [start, last], in tree order: for callers under the lock, who need not look again after each. */
export function* intervalTreeQuery<S extends string>(
  task: Task, obj: Ptr<S>, rootField: RootField<S>, start: bigint | number, last: bigint | number,
): Run<Node[]> {
  const from = narrowed(start);
  const to = narrowed(last);
  const matches: Node[] = [];
  yield* nextMatch(task, obj + rootField, NULL, lowWord(from), highWord(from), lowWord(to), highWord(to), matches);
  return matches;
}

/**
 * The match that follows `node`, or the first one of the tree at `root` if `node` is NULL. A subtree is entered only if
 * something in it ends at or behind `start`; the walk is over at the first node that begins behind `last`. With `all`
 * the walk goes on from match to match and leaves each there.
 */
function* nextMatch(
  task: Task, root: number, node: Node, startLow: number, startHigh: number, lastLow: number, lastHigh: number,
  all: Node[] | null,
): Run<Node> {
  const words = task.words;
  let at: number = node;
  let isDone = node !== NULL; // the caller has been given this one, and all in front of it
  let isEntered = !isDone; // the subtree of `at`: its left part comes first
  if (isEntered) {
    if (task.interleaved) yield* visit(task, root);
    at = words[root];
    if (at === NULL) return NULL;
  }
  if (task.interleaved) yield* visit(task, at);
  if (isEntered && isBelowValue(words, at + SUBTREE_LAST, startLow, startHigh)) return NULL;
  for (;;) {
    while (isEntered) {
      const left = words[at + LEFT];
      if (left === NULL) break;
      if (task.interleaved) yield* visit(task, left);
      if (isBelowValue(words, left + SUBTREE_LAST, startLow, startHigh)) break;
      at = left;
    }
    if (!isDone) {
      if (isAboveValue(words, at + START, lastLow, lastHigh)) return NULL;
      if (!isBelowValue(words, at + LAST, startLow, startHigh)) {
        if (all === null) return at as Node;
        all.push(at as Node);
      }
    }
    isDone = false;
    const right = words[at + RIGHT];
    if (right !== NULL) {
      if (task.interleaved) yield* visit(task, right);
      isEntered = !isBelowValue(words, right + SUBTREE_LAST, startLow, startHigh);
      if (isEntered) {
        at = right;
        continue;
      }
    }
    isEntered = false;
    let below: number;
    do { // up, until we come from a left child
      below = at;
      at = words[below + PARENT];
      if (at === NULL) return NULL;
      if (task.interleaved) yield* visit(task, at);
    } while (words[at + RIGHT] === below);
  }
}

/** `node` is new and red: no red node may have a red parent. */
function* rebalanceInserted(task: Task, root: number, inserted: number): Run<void> {
  const words = task.words;
  for (let node = inserted; ; ) {
    const parent = words[node + PARENT];
    if (parent === NULL) {
      yield* paint(task, node, BLACK);
      return;
    }
    if (words[parent + COLOUR] === BLACK) return;
    const grandparent = words[parent + PARENT]; // not NULL: a root is black
    const side = sideOf(words, grandparent, parent);
    const uncle = words[grandparent + mirrored(side)];
    if (uncle !== NULL && words[uncle + COLOUR] === RED) {
      yield* paint(task, parent, BLACK);
      yield* paint(task, uncle, BLACK);
      yield* paint(task, grandparent, RED);
      node = grandparent;
      continue;
    }
    if (words[parent + mirrored(side)] === node) yield* rotate(task, root, parent, side);
    yield* paint(task, words[grandparent + side], BLACK);
    yield* paint(task, grandparent, RED);
    yield* rotate(task, root, grandparent, mirrored(side));
    return;
  }
}

/** The paths through `child` (perhaps NULL) of `parent` have lost a black node. */
function* rebalanceRemoved(task: Task, root: number, parentOfLost: number, lost: number): Run<void> {
  const words = task.words;
  let node = lost;
  let parent = parentOfLost;
  while (parent !== NULL && (node === NULL || words[node + COLOUR] === BLACK)) {
    const side = sideOf(words, parent, node);
    const far = mirrored(side);
    let sibling = words[parent + far];
    if (words[sibling + COLOUR] === RED) {
      yield* paint(task, sibling, BLACK);
      yield* paint(task, parent, RED);
      yield* rotate(task, root, parent, side);
      sibling = words[parent + far];
    }
    if (!isRed(words, words[sibling + LEFT]) && !isRed(words, words[sibling + RIGHT])) {
      yield* paint(task, sibling, RED);
      node = parent;
      parent = words[node + PARENT];
      continue;
    }
    if (!isRed(words, words[sibling + far])) {
      yield* paint(task, words[sibling + side], BLACK);
      yield* paint(task, sibling, RED);
      yield* rotate(task, root, sibling, far);
      sibling = words[parent + far];
    }
    yield* paint(task, sibling, words[parent + COLOUR]);
    yield* paint(task, parent, BLACK);
    yield* paint(task, words[sibling + far], BLACK);
    yield* rotate(task, root, parent, side);
    return;
  }
  if (node !== NULL) yield* paint(task, node, BLACK);
}

/** `top` sinks to `side`; its child on the other side rises to its place. */
function* rotate(task: Task, root: number, top: number, side: Side): Run<void> {
  const words = task.words;
  const far = mirrored(side);
  const riser = words[top + far];
  const inner = words[riser + side];
  const above = words[top + PARENT];
  if (task.interleaved) yield* touch(task, top);
  words[top + far] = inner;
  words[top + PARENT] = riser;
  yield* setParent(task, inner, top);
  if (task.interleaved) yield* touch(task, riser);
  words[riser + side] = top;
  words[riser + PARENT] = above;
  copyU64(words, riser + SUBTREE_LAST, top + SUBTREE_LAST);
  yield* replaceChild(task, root, above, top, riser);
  if (task.interleaved) yield* touch(task, top);
  updateSubtreeLast(words, top);
}

function* paint(task: Task, node: number, colour: number): Run<void> {
  if (task.words[node + COLOUR] === colour) return;
  if (task.interleaved) yield* touch(task, node);
  task.words[node + COLOUR] = colour;
}

function* setParent(task: Task, node: number, parent: number): Run<void> {
  if (node === NULL) return;
  if (task.interleaved) yield* touch(task, node);
  task.words[node + PARENT] = parent;
}

/** Let whatever points down to `from`, its parent `above` or the root, point to `to`. */
function* replaceChild(task: Task, root: number, above: number, from: number, to: number): Run<void> {
  const link = above === NULL ? root : above + sideOf(task.words, above, from);
  if (task.interleaved) yield* touch(task, above === NULL ? root : above);
  task.words[link] = to;
}

/** Make `subtreeLast` right again from `node` up to the first one that is right already. */
function* updateUpwards(task: Task, node: number): Run<void> {
  const words = task.words;
  for (let at = node; at !== NULL; at = words[at + PARENT]) {
    if (task.interleaved) yield* touch(task, at);
    if (!updateSubtreeLast(words, at)) return;
  }
}

/** Take the largest `last` of the node and its children; true if that changed something. */
function updateSubtreeLast(words: Int32Array, node: number): boolean {
  const left = words[node + LEFT];
  const right = words[node + RIGHT];
  let largest = node + LAST;
  if (left !== NULL && isBelow(words, largest, left + SUBTREE_LAST)) largest = left + SUBTREE_LAST;
  if (right !== NULL && isBelow(words, largest, right + SUBTREE_LAST)) largest = right + SUBTREE_LAST;
  const own = node + SUBTREE_LAST;
  if (words[own] === words[largest] && words[own + 1] === words[largest + 1]) return false;
  copyU64(words, own, largest);
  return true;
}

function sideOf(words: Int32Array, parent: number, child: number): Side {
  return words[parent + LEFT] === child ? LEFT : RIGHT;
}

function mirrored(side: Side): Side {
  return LEFT + RIGHT - side;
}

function isRed(words: Int32Array, node: number): boolean {
  return node !== NULL && words[node + COLOUR] === RED;
}

/** Is the unsigned 64-bit value at address `a` less than that at `b`? Both as words: no bigint in the walk. */
function isBelow(words: Int32Array, a: number, b: number): boolean {
  const high = words[a + 1];
  const otherHigh = words[b + 1];
  return high === otherHigh ? words[a] >>> 0 < words[b] >>> 0 : high >>> 0 < otherHigh >>> 0;
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

function copyU64(words: Int32Array, to: number, from: number): void {
  words[to] = words[from];
  words[to + 1] = words[from + 1];
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
