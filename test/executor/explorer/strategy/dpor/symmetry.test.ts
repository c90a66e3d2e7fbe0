import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Program } from "../../../../../src/executor/explorer/program/program.ts";
import { Dfs } from "../../../../../src/executor/explorer/strategy/dfs.ts";
import { Dpor } from "../../../../../src/executor/explorer/strategy/dpor/dpor.ts";
import { ainc, casrot, inc, same } from "../../golden/counters.ts";
import { exploreAll, type All } from "../../golden/explore_all.ts";

function exploreSymmetric(subject: Program): All & { readonly blocked: number } {
  const dpor = new Dpor(subject.words.length, (thread) => subject.codeOf(thread));
  return { ...exploreAll(subject, dpor), blocked: dpor.blocked };
}

describe("DPOR with interchangeable threads", () => {
  it.each([2, 3, 4, 5, 6, 7])("runs the %i! executions of as many increments as one", (threads) => {
    expect(exploreSymmetric(ainc(threads))).toMatchObject({ executions: 1, blocked: 0 });
  });

  it("tells threads apart as soon as they have seen different things", () => {
    expect(exploreSymmetric(inc(2))).toMatchObject({ executions: 2, blocked: 0 });
  });

  it("is asked for: else threads that run the same code are told apart by their names", () => {
    const lostUpdate = inc(3);
    expect(exploreAll(lostUpdate, new Dpor(lostUpdate.words.length)).executions).toBe(36);
    expect(exploreSymmetric(lostUpdate).executions).toBeLessThan(12);
  });

  it("leaves threads alone that run different code", () => {
    expect(exploreSymmetric(casrot(4))).toMatchObject({ executions: 14, blocked: 0 });
  });

  it("ends as brute force does", () => {
    const statement = fc.record({
      kind: fc.constantFrom("read", "add", "cas", "copy", "await", "write"),
      word: fc.nat(2),
      value: fc.nat(2),
    });
    fc.assert(
      fc.property(fc.array(statement, { minLength: 1, maxLength: 3 }), fc.integer({ min: 2, max: 3 }), (statements, threads) => {
        const subject = same("twin", threads, function* (t, words) {
          let seen = 1;
          for (const { kind, word, value } of statements) {
            const x = words[word];
            if (kind === "read") seen = seen * 3 + (yield* x.read(t));
            else if (kind === "add") yield* x.add(t, 1 + value);
            else if (kind === "cas") seen += (yield* x.compareAndSwap(t, value, seen)) ? 5 : 7;
            else if (kind === "copy") yield* x.write(t, seen);
            else if (kind === "await") yield* x.await(t, value);
            else yield* x.write(t, value);
          }
        });
        const reference = exploreAll(subject, new Dfs(), 0, 2_000);
        if (reference.isCut) return;
        const all = exploreSymmetric(subject);
        expect(all.outcomes).toEqual(reference.outcomes);
        expect(all.executions).toBeLessThanOrEqual(reference.traces);
        expect(all.blocked).toBe(0);
      }),
      { numRuns: 200 },
    );
  });
});
