import { NULL, struct, u32, u64 } from "../machine/struct.ts";

/** A node of an interval tree, embedded in what has the interval [start, last]. */
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

const LAST = IntervalTreeNode.last;
const SUBTREE_LAST = IntervalTreeNode.subtreeLast;
const LEFT = IntervalTreeNode.left;
const RIGHT = IntervalTreeNode.right;

/** Take the largest `last` of the node and its children; true if that changed something. */
export function updateSubtreeLast(words: Int32Array, node: number): boolean {
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

/** Is the unsigned 64-bit value at address `a` less than that at `b`? Both as words: no bigint in the walk. */
export function isBelow(words: Int32Array, a: number, b: number): boolean {
  const high = words[a + 1];
  const otherHigh = words[b + 1];
  return high === otherHigh ? words[a] >>> 0 < words[b] >>> 0 : high >>> 0 < otherHigh >>> 0;
}

export function copyU64(words: Int32Array, to: number, from: number): void {
  words[to] = words[from];
  words[to + 1] = words[from + 1];
}
