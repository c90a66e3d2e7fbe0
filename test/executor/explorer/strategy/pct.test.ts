import { describe, expect, it } from "vitest";
import { Explorer } from "../../../../src/executor/explorer/engine/explore.ts";
import { program, type Program } from "../../../../src/executor/explorer/program/program.ts";
import { createStrategy } from "../../../../src/executor/explorer/strategy/catalogue.ts";
import { Pct } from "../../../../src/executor/explorer/strategy/pct.ts";
import { profileOf } from "../../../../src/executor/explorer/strategy/profile.ts";
import { RandomWalk } from "../../../../src/executor/explorer/strategy/random.ts";
import { countsOf, failingShare, itSamples } from "./sampling.ts";

const SEEDS = [1, 2, 3, 4, 5];
const EXECUTIONS = 2000;
/** Steps that have nothing to do with the bug; a random walk must take them all in a row. */
const PREPARATIONS = 24;

/**
 * The paper's first figure, a bug of depth 1: one thread uses what another one has not made yet, or here, has taken away already.
 */
const ordering = program("ordering", (p) => {
  const [object, own] = [p.word("object", 1), p.word("own")];
  p.thread("user", function* (t) {
    for (let i = 0; i < PREPARATIONS; i++) yield* own.write(t, i);
    t.assert((yield* object.read(t)) === 1, "used when it was gone");
  });
  p.thread("owner", function* (t) {
    for (let i = 0; i < PREPARATIONS; i++) yield* own.read(t);
    yield* object.write(t, 0);
  });
  bystanders(p);
});

/**
 * The paper's second figure, a bug of depth 2: a thread looks whether the object is there, and uses it in its next step; in
 * between, another one takes it away. Here the other one would have to wait for all that the first does before: no random walk
 * waits so long.
 */
const atomicity = program("atomicity", (p) => {
  const [object, own] = [p.word("object", 1), p.word("own")];
  p.thread("user", function* (t) {
    for (let i = 0; i < PREPARATIONS; i++) yield* own.write(t, i);
    if ((yield* object.read(t)) === 0) return;
    t.assert((yield* object.read(t)) === 1, "taken away between look and use");
  });
  p.thread("owner", function* (t) {
    yield* object.write(t, 0);
    // else it soon ends in a random walk, and k is measured far too small
    for (let i = 0; i < PREPARATIONS; i++) yield* own.read(t);
  });
  bystanders(p);
});

/** Others: n is 5, and no probability is the bound itself. */
function bystanders(p: Parameters<Program["build"]>[0]): void {
  const other = p.word("other");
  for (let i = 0; i < 3; i++) p.thread(`bystander${i}`, (t) => other.write(t, 1));
}

function sharesOf(subject: Program, depth: number): number[] {
  return SEEDS.map((seed) => failingShare(subject, createStrategy({ name: "pct", seed, depth }, subject), EXECUTIONS));
}

/** 1 / (n k^(d-1)), with n and k as they are measured. */
function boundOf(subject: Program, depth: number): number {
  const { threads, choices } = profileOf(subject, 1);
  return 1 / (threads * choices ** (depth - 1));
}

/** Schedules of two threads of two steps each, as far as so many executions show them. */
const twoByTwo = program("two by two", (p) => {
  const x = p.word("x");
  for (const name of ["a", "b"])
    p.thread(name, function* (t) {
      for (let i = 0; i < 2; i++) yield* x.add(t, 1);
    });
});

describe("PCT", () => {
  itSamples("pct");

  it("meets the bug of depth 1 with a probability of at least 1/n", () => {
    expect(boundOf(ordering, 1)).toBe(1 / 5);
    for (const share of sharesOf(ordering, 1)) expect(share).toBeGreaterThanOrEqual(boundOf(ordering, 1));
  });

  it("meets the bug of depth 2 with a probability of at least 1/(n k), and never when it aims at depth 1", () => {
    for (const share of sharesOf(atomicity, 2)) expect(share).toBeGreaterThanOrEqual(boundOf(atomicity, 2));
    expect(sharesOf(atomicity, 1)).toEqual(SEEDS.map(() => 0));
  });

  it("where a random walk does not meet the bug of depth 2 in ten times as many executions", () => {
    expect(SEEDS.map((seed) => failingShare(atomicity, new RandomWalk(seed), 10 * EXECUTIONS))).toEqual(SEEDS.map(() => 0));
  });

  it("changes priorities at as many choices as the depth wants, and to priorities in random order", () => {
    const strategy = new Pct({ seed: 1, depth: 3, choices: 2 });
    expect([...countsOf(twoByTwo, strategy, 200).keys()].sort()).toEqual(["0011", "0110", "1001", "1100"]);
  });

  it("lets others go on where a thread polls without saying so", () => {
    const polling = program("polling", (p) => {
      const flag = p.word("flag");
      p.thread("poll", function* (t) {
        while ((yield* flag.read(t)) === 0);
      });
      p.thread("set", (t) => flag.write(t, 1));
    });
    const explorer = new Explorer({ subject: polling, strategy: new Pct({ seed: 1, depth: 1, choices: 10 }), seed: 1 });
    const lengths = Array.from({ length: 20 }, (_, index) => {
      expect(explorer.run(index)!.ending).toBe("done");
      return explorer.recording.length;
    });
    expect(Math.min(...lengths)).toBe(2);
    expect(Math.max(...lengths)).toBeLessThan(200);
  });
});
