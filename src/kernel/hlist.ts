import { loadAcquire, read, readOnce, storeRelease, write, writeOnce } from "../machine/access.ts";
import type { Run } from "../machine/step.ts";
import { NULL, struct, u32, Word, type Field, type Ptr } from "../machine/struct.ts";
import type { Task } from "../machine/task.ts";

/**
 * Hash-list chains: a head of one word, nodes that know their successor and the word that points to them, so that a
 * node can be taken out without its head. Two sets of functions: plain ones for lists of which every user holds the
 * lock, and `…Rcu` for lists that are walked under SRCU while the holder of the lock changes them.
 */
export const HlistNode = struct("hlist_node", {
  next: u32,
  /** Address of the word that points here; 0 if the node is on no list. */
  pprev: u32,
});

type Node = Ptr<"hlist_node">;
type HeadField<S extends string> = Field<S, typeof u32>;

export function hlistFirst<S extends string>(task: Task, obj: Ptr<S>, head: HeadField<S>): Run<Node> {
  return read(task, obj, head) as Run<Node>;
}

export function hlistNext(task: Task, node: Node): Run<Node> {
  return read(task, node, HlistNode.next) as Run<Node>;
}

export function* hlistAddHead<S extends string>(task: Task, obj: Ptr<S>, head: HeadField<S>, node: Node): Run<void> {
  const first = yield* hlistFirst(task, obj, head);
  yield* write(task, node, HlistNode.next, first);
  yield* write(task, node, HlistNode.pprev, obj + head);
  if (first !== NULL) yield* write(task, first, HlistNode.pprev, node + HlistNode.next);
  yield* write(task, obj, head, node);
}

/** Take a node off the list it is on. */
export function* hlistDel(task: Task, node: Node): Run<void> {
  const next = yield* hlistNext(task, node);
  const pprev = (yield* read(task, node, HlistNode.pprev)) as Ptr<"word">;
  yield* write(task, pprev, Word.value, next);
  if (next !== NULL) yield* write(task, next, HlistNode.pprev, pprev);
  yield* write(task, node, HlistNode.next, NULL);
  yield* write(task, node, HlistNode.pprev, NULL);
}

/** `hlist_empty()`, also without the lock. */
export function* hlistEmpty<S extends string>(task: Task, obj: Ptr<S>, head: HeadField<S>): Run<boolean> {
  return (yield* readOnce(task, obj, head)) === NULL;
}

/** `hlist_unhashed_lockless()` */
export function* hlistUnhashed(task: Task, node: Node): Run<boolean> {
  return (yield* readOnce(task, node, HlistNode.pprev)) === NULL;
}

export function hlistFirstRcu<S extends string>(task: Task, obj: Ptr<S>, head: HeadField<S>): Run<Node> {
  return loadAcquire(task, obj, head) as Run<Node>;
}

/** The node may have been taken off meanwhile: it still leads on, to where it led then. */
export function hlistNextRcu(task: Task, node: Node): Run<Node> {
  return loadAcquire(task, node, HlistNode.next) as Run<Node>;
}

export function* hlistAddHeadRcu<S extends string>(task: Task, obj: Ptr<S>, head: HeadField<S>, node: Node): Run<void> {
  const first = (yield* readOnce(task, obj, head)) as Node;
  yield* writeOnce(task, node, HlistNode.next, first);
  yield* writeOnce(task, node, HlistNode.pprev, obj + head);
  yield* storeRelease(task, obj, head, node);
  if (first !== NULL) yield* writeOnce(task, first, HlistNode.pprev, node + HlistNode.next);
}

/**
 * Take a node off, if it is on a list. Its `next` stays as it is, so that walkers which stand on it find on; they may
 * come to nodes that were taken off after it.
 */
export function* hlistDelInitRcu(task: Task, node: Node): Run<void> {
  if (yield* hlistUnhashed(task, node)) return;
  const next = (yield* readOnce(task, node, HlistNode.next)) as Node;
  const pprev = (yield* readOnce(task, node, HlistNode.pprev)) as Ptr<"word">;
  yield* writeOnce(task, pprev, Word.value, next);
  if (next !== NULL) yield* writeOnce(task, next, HlistNode.pprev, pprev);
  yield* writeOnce(task, node, HlistNode.pprev, NULL);
}
