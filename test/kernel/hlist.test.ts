import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Run } from "../../src/machine/step.ts";
import { NULL, struct, u32, type Ptr } from "../../src/machine/struct.ts";
import type { Current } from "../../src/kernel/current.ts";
import {
  hlistAddHead,
  hlistAddHeadRcu,
  hlistDel,
  hlistDelInitRcu,
  hlistEmpty,
  hlistFirst,
  hlistFirstRcu,
  hlistNext,
  hlistNextRcu,
  HlistNode,
  hlistUnhashed,
} from "../../src/kernel/hlist.ts";
import { Bench } from "./mmu_notifier/fixture.ts";

const Head = struct("head", { first: u32 });
const NODES = 8;

class Fixture {
  readonly bench = new Bench(1);
  readonly head = this.bench.layout.place(Head, "head");
  readonly #nodes = this.bench.layout.place(HlistNode, "node", NODES);

  constructor() {
    this.bench.powerOn();
  }

  node(index: number): Ptr<"hlist_node"> {
    return (this.#nodes + index * HlistNode.words) as Ptr<"hlist_node">;
  }

  /** Indices in list order, from `node` on. */
  indices(next: (current: Current, node: Ptr<"hlist_node">) => Run<Ptr<"hlist_node">>, node: Ptr<"hlist_node">): number[] {
    const found: number[] = [];
    for (let at = node; at !== NULL;) {
      const present = at;
      found.push((present - this.#nodes) / HlistNode.words);
      at = this.bench.atOnce((current) => next(current, present));
    }
    return found;
  }
}

const VARIANTS = {
  "under the lock": { add: hlistAddHead, del: hlistDel, first: hlistFirst, next: hlistNext },
  "under SRCU": { add: hlistAddHeadRcu, del: hlistDelInitRcu, first: hlistFirstRcu, next: hlistNextRcu },
};

describe("hlist", () => {
  it.each(Object.entries(VARIANTS))("behaves like an array with its newest item first: %s", (_, { add, del, first, next }) => {
    fc.assert(
      fc.property(fc.array(fc.nat(NODES - 1), { maxLength: 40 }), (toggles) => {
        const fixture = new Fixture();
        const { bench, head } = fixture;
        let model: number[] = [];
        for (const index of toggles) {
          const node = fixture.node(index);
          expect(bench.atOnce((current) => hlistUnhashed(current, node))).toBe(!model.includes(index));
          if (model.includes(index)) bench.atOnce((current) => del(current, node));
          else bench.atOnce((current) => add(current, head, Head.first, node));
          model = model.includes(index) ? model.filter((other) => other !== index) : [index, ...model];
        }
        expect(
          fixture.indices(
            next,
            bench.atOnce((current) => first(current, head, Head.first)),
          ),
        ).toEqual(model);
        expect(bench.atOnce((current) => hlistEmpty(current, head, Head.first))).toBe(model.length === 0);
      }),
      { numRuns: 200, seed: 3 },
    );
  });

  it("leads a walker that stands on a removed node on to where the node led then", () => {
    const fixture = new Fixture();
    const { bench, head } = fixture;
    for (const index of [0, 1, 2]) bench.atOnce((current) => hlistAddHeadRcu(current, head, Head.first, fixture.node(index)));
    bench.atOnce((current) => hlistDelInitRcu(current, fixture.node(1)));
    bench.atOnce((current) => hlistDelInitRcu(current, fixture.node(0)));
    bench.atOnce((current) => hlistDelInitRcu(current, fixture.node(0))); // once more: nothing
    expect(fixture.indices(hlistNextRcu, fixture.node(1))).toEqual([1, 0]);
    expect(fixture.indices(hlistNextRcu, fixture.node(2))).toEqual([2]);
  });
});
