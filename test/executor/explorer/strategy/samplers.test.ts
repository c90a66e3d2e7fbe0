import { describe, expect, it } from "vitest";
import { explore, Explorer } from "../../../../src/executor/explorer/engine/explore.ts";
import { program } from "../../../../src/executor/explorer/program/program.ts";
import type { Strategy } from "../../../../src/executor/explorer/engine/strategy.ts";
import { createStrategy } from "../../../../src/executor/explorer/strategy/catalogue.ts";
import { Pct } from "../../../../src/executor/explorer/strategy/pct.ts";
import type { Profile } from "../../../../src/executor/explorer/strategy/profile.ts";
import { Surw } from "../../../../src/executor/explorer/strategy/surw.ts";

const SAMPLERS = ["random", "pct", "pos", "urw", "surw"];

/** Three threads of 3, 2 and 1 steps, none of which ever waits: 60 interleavings. */
const LOCK_FREE = program("lock-free", (p) => {
  const x = p.word("x");
  for (const [name, steps] of [
    ["a", 3],
    ["b", 2],
    ["c", 1],
  ] as const) {
    p.thread(name, function* (t) {
      for (let i = 0; i < steps; i++) yield* x.add(t, 1);
    });
  }
});

const LOST_UPDATE = program("lost update", (p) => {
  const x = p.word("x");
  for (const name of ["a", "b"])
    p.thread(name, function* (t) {
      yield* x.write(t, (yield* x.read(t)) + 1);
    });
  p.finally(() => {
    if (x.value !== 2) throw new Error("lost");
  });
});

function strategyOf(name: string, subject: typeof LOCK_FREE, seed = 1) {
  return createStrategy({ name, seed }, subject);
}

/** How often each interleaving was drawn. */
function counts(name: string, executions: number): number[] {
  const explorer = new Explorer({ subject: LOCK_FREE, strategy: strategyOf(name, LOCK_FREE), seed: 1 });
  const seen = new Map<string, number>();
  for (let index = 0; index < executions; index++) {
    explorer.run(index);
    const order = explorer.recording.schedule().threads.join("");
    seen.set(order, (seen.get(order) ?? 0) + 1);
  }
  return [...seen.values()];
}

/** Sum of squared deviations from all being alike, each over what was expected. */
function chiSquare(observed: readonly number[], classes: number, total: number): number {
  const expected = total / classes;
  const missing = (classes - observed.length) * expected;
  return missing + observed.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}

describe("URW draws interleavings uniformly", () => {
  const EXECUTIONS = 60_000;
  /** 59 degrees of freedom: exceeded by one in a thousand uniform samples. */
  const LIMIT = 98.3;

  it("by a chi-square test", () => {
    expect(chiSquare(counts("urw", EXECUTIONS), 60, EXECUTIONS)).toBeLessThan(LIMIT);
  });

  it("and the test knows one that does not", () => {
    expect(chiSquare(counts("random", EXECUTIONS), 60, EXECUTIONS)).toBeGreaterThan(LIMIT);
  });
});

/** Schedules of two threads of two steps each, as far as so many executions show them. */
function schedulesOf(subject: typeof LOCK_FREE, strategy: Strategy, executions = 200): Set<string> {
  const explorer = new Explorer({ subject, strategy, seed: 1 });
  return new Set(
    Array.from({ length: executions }, (_, index) => {
      explorer.run(index);
      return explorer.recording.schedule().threads.join("");
    }),
  );
}

describe("PCT", () => {
  const twoByTwo = program("two by two", (p) => {
    const x = p.word("x");
    for (const name of ["a", "b"])
      p.thread(name, function* (t) {
        for (let i = 0; i < 2; i++) yield* x.add(t, 1);
      });
  });

  it("changes priorities at as many choices as the depth wants, and to priorities in random order", () => {
    const strategy = new Pct({ seed: 1, depth: 3, choices: 2 });
    expect([...schedulesOf(twoByTwo, strategy)].sort()).toEqual(["0011", "0110", "1001", "1100"]);
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

  it("starves nobody of whom it knows too little", () => {
    expect(schedulesOf(twice, new Surw(1, profile({ a: 1 })))).toEqual(new Set(["01", "10"]));
    expect(schedulesOf(twice, new Surw(1, profile({})))).toEqual(new Set(["01", "10"]));
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

describe.each(SAMPLERS)("%s", (name) => {
  it("finds a lost update", () => {
    expect(
      explore({ subject: LOST_UPDATE, strategy: strategyOf(name, LOST_UPDATE), seed: 1, schedules: 200 }).found,
    ).toHaveLength(1);
  });

  it("draws execution number n alike, whatever it drew before", () => {
    const schedule = (indices: readonly number[]) => {
      const explorer = new Explorer({ subject: LOCK_FREE, strategy: strategyOf(name, LOCK_FREE), seed: 1 });
      for (const index of indices) explorer.run(index);
      return explorer.recording.schedule();
    };
    expect(schedule([7])).toEqual(schedule([0, 3, 99, 7]));
  });
});
