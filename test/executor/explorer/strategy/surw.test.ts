import { describe, expect, it } from "vitest";
import { Explorer } from "../../../../src/executor/explorer/engine/explore.ts";
import { program } from "../../../../src/executor/explorer/program/program.ts";
import { createStrategy } from "../../../../src/executor/explorer/strategy/catalogue.ts";
import type { Profile } from "../../../../src/executor/explorer/strategy/profile.ts";
import { Surw } from "../../../../src/executor/explorer/strategy/surw.ts";
import { addrOf } from "../../../../src/machine/step.ts";
import { chiSquare, countsOf, itSamples, LIMIT_OF_60 } from "./sampling.ts";

const EXECUTIONS = 20_000;

/** Three threads that access x 3, 2 and 1 times, and each a word of its own in between, one of them far more often. */
const busy = program("busy", (p) => {
  const x = p.word("x");
  for (const [name, accesses, between] of [
    ["a", 3, 1],
    ["b", 2, 6],
    ["c", 1, 2],
  ] as const) {
    const own = p.word(name);
    p.thread(name, function* (t) {
      for (let i = 0; i < accesses; i++) {
        for (let k = 0; k < between; k++) yield* own.write(t, k);
        yield* x.add(t, 1);
      }
    });
  }
});

/** Of the 60 orders of the accesses to x. */
function chiSquareOf(name: string): number {
  const x = Array.from(busy.words, (_, addr) => addr).find((addr) => busy.nameOf(addr) === "x");
  const strategy = createStrategy({ name, seed: 1 }, busy);
  const orders = countsOf(busy, strategy, EXECUTIONS, ({ recording: { thread, step, length } }) =>
    [...thread.subarray(0, length)].filter((_, i) => addrOf(step[i]) === x).join(""),
  );
  return chiSquare(orders, 60);
}

describe("SURW", () => {
  itSamples("surw");

  it("draws the orders of the accesses to a word uniformly, whatever else there is, by a chi-square test", () => {
    expect(chiSquareOf("surw")).toBeLessThan(LIMIT_OF_60);
  });

  it("where neither a random walk nor URW does", () => {
    expect(chiSquareOf("random")).toBeGreaterThan(LIMIT_OF_60);
    expect(chiSquareOf("urw")).toBeGreaterThan(LIMIT_OF_60);
  });
});

describe("SURW with a profile that is wrong", () => {
  const twice = program("twice", (p) => {
    const x = p.word("x");
    for (const name of ["a", "b"]) p.thread(name, (t) => x.write(t, 1));
  });
  const profile = (byTask: Readonly<Record<string, number>>): Profile => ({
    threads: 2,
    choices: 1,
    tasks: new Map(["a", "b"].map((name) => [name, { steps: 1, parent: null }])),
    shared: [{ addr: 1, accesses: 1, byTask: new Map(Object.entries(byTask)) }],
  });

  const ordersOf = (wrong: Profile) => new Set(countsOf(twice, new Surw(1, wrong), 200).keys());

  it("starves nobody of whom it knows too little", () => {
    expect(ordersOf(profile({ a: 1 }))).toEqual(new Set(["01", "10"]));
    expect(ordersOf(profile({}))).toEqual(new Set(["01", "10"]));
  });

  it("draws in proportion among those who can go on if the drawn one waits", () => {
    const waiting = program("waiting", (p) => {
      const [x, y] = [p.word("x"), p.word("y")];
      p.thread("wait", function* (t) {
        yield* y.await(t, 1);
        yield* x.write(t, 1);
      });
      p.thread("often", function* (t) {
        for (let i = 0; i < 9; i++) yield* x.add(t, 1);
        yield* y.write(t, 1);
      });
      p.thread("once", function* (t) {
        yield* x.add(t, 1);
      });
    });
    const tasks = new Map(["wait", "often", "once"].map((name) => [name, { steps: 1, parent: null }]));
    const shared = [
      {
        addr: 1,
        accesses: 100,
        byTask: new Map([
          ["wait", 90],
          ["often", 9],
          ["once", 1],
        ]),
      },
    ];
    const explorer = new Explorer({
      subject: waiting,
      strategy: new Surw(1, { threads: 3, choices: 1, tasks, shared }),
      seed: 1,
    });
    let once = 0;
    for (let index = 0; index < 1000; index++) {
      explorer.run(index);
      if (explorer.recording.thread[0] === 2) once++;
    }
    expect(once).toBeGreaterThan(60);
    expect(once).toBeLessThan(140);
  });
});
