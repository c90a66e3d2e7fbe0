import { plainWrite } from "../machine/access.ts";
import type { Run } from "../machine/step.ts";
import { NULL } from "../machine/struct.ts";
import type { Task } from "../machine/task.ts";
import { BLACK, copyU64, IntervalTreeNode, RED, updateSubtreeLast } from "./interval_tree_node.ts";

/**
 * Keeping an interval tree balanced: no red node has a red parent, and every path from the root to a leaf has the same
 * number of black nodes. Each node changed is one step. `root` is the address of the word that points to the root.
 */

const SUBTREE_LAST = IntervalTreeNode.subtreeLast;
const PARENT = IntervalTreeNode.parent;
const LEFT = IntervalTreeNode.left;
const RIGHT = IntervalTreeNode.right;
const COLOUR = IntervalTreeNode.colour;

/** LEFT or RIGHT. The mirror image of a side is `LEFT + RIGHT - side`. */
type Side = number;

/** `node` is new and red: no red node may have a red parent. */
export function* rebalanceInserted(task: Task, root: number, inserted: number): Run<void> {
  const words = task.words;
  for (let node = inserted; ;) {
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
export function* rebalanceRemoved(task: Task, root: number, parentOfLost: number, lost: number): Run<void> {
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
  if (task.interleaved) yield plainWrite(top);
  words[top + far] = inner;
  words[top + PARENT] = riser;
  if (inner !== NULL) {
    if (task.interleaved) yield plainWrite(inner);
    words[inner + PARENT] = top;
  }
  if (task.interleaved) yield plainWrite(riser);
  words[riser + side] = top;
  words[riser + PARENT] = above;
  copyU64(words, riser + SUBTREE_LAST, top + SUBTREE_LAST);
  updateSubtreeLast(words, top);
  if (task.interleaved) yield plainWrite(above === NULL ? root : above);
  words[above === NULL ? root : above + sideOf(words, above, top)] = riser;
}

function* paint(task: Task, node: number, colour: number): Run<void> {
  if (task.words[node + COLOUR] === colour) return;
  if (task.interleaved) yield plainWrite(node);
  task.words[node + COLOUR] = colour;
}

export function* setParent(task: Task, node: number, parent: number): Run<void> {
  if (task.interleaved) yield plainWrite(node);
  task.words[node + PARENT] = parent;
}

/** Let whatever points down to `from`, its parent `above` or the root, point to `to`. */
export function* replaceChild(task: Task, root: number, above: number, from: number, to: number): Run<void> {
  const link = above === NULL ? root : above + sideOf(task.words, above, from);
  if (task.interleaved) yield plainWrite(above === NULL ? root : above);
  task.words[link] = to;
}

/** Make `subtreeLast` right again from `node` up to the first one that is right already. */
export function* updateUpwards(task: Task, node: number): Run<void> {
  const words = task.words;
  for (let at = node; at !== NULL; at = words[at + PARENT]) {
    if (task.interleaved) yield plainWrite(at);
    if (!updateSubtreeLast(words, at)) return;
  }
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
