import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Engine } from "../../src/executor/explorer/engine/engine.ts";
import {
  BLACK,
  intervalTreeInsert,
  intervalTreeIsLinked,
  intervalTreeIterFirst,
  intervalTreeIterNext,
  IntervalTreeNode,
  intervalTreeQuery,
  intervalTreeRemove,
  RED,
  UNLINKED,
} from "../../src/kernel/interval_tree.ts";
import { peekU64, pokeU64 } from "../../src/machine/access.ts";
import { Layout } from "../../src/machine/layout.ts";
import type { Run } from "../../src/machine/step.ts";
import { NULL, struct, u32, type Ptr } from "../../src/machine/struct.ts";
import { Task } from "../../src/machine/task.ts";
import { Tracer } from "../../src/machine/tracer.ts";

const ULONG_MAX = 2n ** 64n - 1n;
const Owner = struct("owner", { root: u32 });

/** `expect` at the speed of an `if`: it is asked millions of times. */
function must(holds: boolean, what: string): void {
  if (!holds) throw new Error(what);
}

/** A tree beside the naive list that it must behave like. */
class Fixture {
  readonly layout = new Layout();
  readonly owner = this.layout.place(Owner, "owner");
  readonly nodes: Ptr<"interval_tree_node">;
  readonly words: Int32Array;
  readonly task: Task;
  /** Nodes in the tree, in the order in which an iteration must come to them. */
  list: { index: number; start: bigint; last: bigint }[] = [];

  constructor(capacity: number, interleaved: boolean) {
    this.nodes = this.layout.place(IntervalTreeNode, "node", capacity);
    this.words = new Int32Array(new SharedArrayBuffer(this.layout.words * 4));
    this.task = new Task({ id: 1, name: "cpu0", words: this.words, tracer: new Tracer(), interleaved, nowUs: () => 0 });
  }

  node(index: number): Ptr<"interval_tree_node"> {
    return (this.nodes + index * IntervalTreeNode.words) as Ptr<"interval_tree_node">;
  }

  run<T>(body: Run<T>): T {
    const engine = new Engine(this.words);
    const thread = engine.spawn(this.task, body);
    engine.runAlone(thread);
    must(thread.state === "done", "done");
    return thread.result as T;
  }

  insert(index: number, start: bigint, last: bigint): void {
    pokeU64(this.words, this.node(index) + IntervalTreeNode.start, start);
    pokeU64(this.words, this.node(index) + IntervalTreeNode.last, last);
    this.run(intervalTreeInsert(this.task, this.owner, Owner.root, this.node(index)));
    const behind = this.list.findIndex((entry) => entry.start > start);
    this.list.splice(behind < 0 ? this.list.length : behind, 0, { index, start, last });
  }

  remove(index: number): void {
    this.run(intervalTreeRemove(this.task, this.owner, Owner.root, this.node(index)));
    this.list = this.list.filter((entry) => entry.index !== index);
  }

  query(start: bigint | number, last: bigint | number): number[] {
    const { task, owner } = this;
    return this.run(
      (function* (): Run<Ptr<"interval_tree_node">[]> {
        const found: Ptr<"interval_tree_node">[] = [];
        let node = yield* intervalTreeIterFirst(task, owner, Owner.root, start, last);
        while (node !== NULL) {
          found.push(node);
          node = yield* intervalTreeIterNext(task, node, start, last);
        }
        return found;
      })(),
    ).map((node) => (node - this.nodes) / IntervalTreeNode.words);
  }

  queryAll(start: bigint, last: bigint): number[] {
    return this.run(intervalTreeQuery(this.task, this.owner, Owner.root, start, last)).map(
      (node) => (node - this.nodes) / IntervalTreeNode.words,
    );
  }

  expectedOf(start: bigint, last: bigint): number[] {
    return this.list.filter((entry) => entry.start <= last && entry.last >= start).map((entry) => entry.index);
  }

  /** Red-black rules, order, parents, subtreeLast; returns the number of nodes. */
  checkStructure(): number {
    const { words } = this;
    const field = (node: number, offset: number) => words[node + offset];
    const walk = (node: number, parent: number): { count: number; blackHeight: number; largest: bigint } => {
      if (node === NULL) return { count: 0, blackHeight: 1, largest: -1n };
      must(field(node, IntervalTreeNode.parent) === parent, "parent");
      const colour = field(node, IntervalTreeNode.colour);
      must(colour === RED || colour === BLACK, "colour");
      must(colour === BLACK || (parent !== NULL && field(parent, IntervalTreeNode.colour) === BLACK), "red below red");
      const left = walk(field(node, IntervalTreeNode.left), node);
      const right = walk(field(node, IntervalTreeNode.right), node);
      must(left.blackHeight === right.blackHeight, "black height");
      const last = peekU64(words, node + IntervalTreeNode.last);
      const largest = [last, left.largest, right.largest].reduce((a, b) => (a > b ? a : b));
      must(peekU64(words, node + IntervalTreeNode.subtreeLast) === largest, "subtreeLast");
      return { count: left.count + right.count + 1, blackHeight: left.blackHeight + (colour === BLACK ? 1 : 0), largest };
    };
    return walk(words[this.owner + Owner.root], NULL).count;
  }
}

const CAPACITY = 48;
const bound = fc.oneof(
  fc.bigInt({ min: 0n, max: 40n }), // many equal starts and overlaps
  fc.bigInt({ min: 0xffff_fff0n, max: 0x1_0000_0010n }), // around the border between the words
  fc.bigInt({ min: 0x7fff_fff0n, max: 0x8000_0010n }), // around the sign of the low word
  fc.bigInt({ min: ULONG_MAX - 20n, max: ULONG_MAX }),
  fc.bigInt({ min: 0n, max: ULONG_MAX }),
);
const interval = fc.tuple(bound, bound).map(([a, b]) => (a < b ? { start: a, last: b } : { start: b, last: a }));
const operation = fc.record({ index: fc.nat(CAPACITY - 1), interval });

describe("interval tree", () => {
  for (const interleaved of [false, true]) {
    it(`behaves like a naive list, ${interleaved ? "step by step" : "in one go"}`, () => {
      fc.assert(
        fc.property(fc.array(operation, { maxLength: 120, size: "max" }), interval, (operations, query) => {
          const tree = new Fixture(CAPACITY, interleaved);
          for (const {
            index,
            interval: { start, last },
          } of operations) {
            const isIn = tree.list.some((entry) => entry.index === index);
            must(tree.run(intervalTreeIsLinked(tree.task, tree.node(index))) === isIn, "isLinked");
            if (isIn) tree.remove(index);
            else tree.insert(index, start, last);
            must(tree.checkStructure() === tree.list.length, "number of nodes");
          }
          expect(tree.query(query.start, query.last)).toEqual(tree.expectedOf(query.start, query.last));
          expect(tree.queryAll(query.start, query.last)).toEqual(tree.expectedOf(query.start, query.last));
          expect(tree.query(query.start, query.start)).toEqual(tree.expectedOf(query.start, query.start));
          expect(tree.query(0n, ULONG_MAX)).toEqual(tree.list.map((entry) => entry.index));
        }),
        { numRuns: 150, seed: 1 },
      );
    });
  }

  it("puts equal starts in the order of their insertion, and a re-inserted one behind", () => {
    const tree = new Fixture(4, false);
    for (const index of [2, 0, 3, 1]) tree.insert(index, 10n, 20n);
    expect(tree.query(10n, 10n)).toEqual([2, 0, 3, 1]);
    tree.remove(0);
    tree.insert(0, 10n, 10n);
    expect(tree.query(10n, 10n)).toEqual([2, 3, 1, 0]);
  });

  it("takes process addresses as numbers", () => {
    const tree = new Fixture(2, false);
    tree.insert(0, 0x7fff_ffff_f000n, 0x7fff_ffff_ffffn);
    tree.insert(1, 0x8000_0000n, 0x8000_0fffn);
    expect(tree.query(0x7fff_ffff_f000, 0x7fff_ffff_f000)).toEqual([0]);
    expect(tree.query(0x8000_0000, 0x8000_0000)).toEqual([1]);
    expect(tree.query(0x8000_1000, 0x7fff_ffff_efff)).toEqual([]);
  });

  it("forgets a removed node entirely", () => {
    const tree = new Fixture(1, false);
    tree.insert(0, 0n, ULONG_MAX);
    tree.remove(0);
    expect(tree.words[tree.owner + Owner.root]).toBe(NULL);
    expect(tree.words[tree.node(0) + IntervalTreeNode.colour]).toBe(UNLINKED);
  });

  it("visits O(log n) nodes for a stab", () => {
    const count = 4096;
    const tree = new Fixture(count, true);
    for (let i = 0; i < count; i++) tree.insert(i, BigInt(i) * 16n, BigInt(i) * 16n + 15n);
    const body = intervalTreeIterFirst(tree.task, tree.owner, Owner.root, 32_000n, 32_000n);
    let steps = 0;
    while (body.next(0).done !== true) steps++;
    expect(steps).toBeLessThanOrEqual(2 * 2 * Math.log2(count + 1) + 2); // at most two nodes a level
  });
});
