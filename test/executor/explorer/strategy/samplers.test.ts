import { describe, expect, it } from "vitest";
import { Explorer } from "../../../../src/executor/explorer/explore.ts";
import { program } from "../../../../src/executor/explorer/program/program.ts";
import { createStrategy } from "../../../../src/executor/explorer/strategy/catalogue.ts";
import { explore } from "../../../../src/executor/explorer/explore.ts";

const SAMPLERS = ["random", "pct", "pos", "urw", "surw"];

/** Three threads of 3, 2 and 1 steps, none of which ever waits: 60 interleavings. */
const LOCK_FREE = program("lock-free", (p) => {
  const x = p.word("x");
  for (const [name, steps] of [["a", 3], ["b", 2], ["c", 1]] as const) {
    p.thread(name, function* (t) { for (let i = 0; i < steps; i++) yield* x.add(t, 1); });
  }
});

const LOST_UPDATE = program("lost update", (p) => {
  const x = p.word("x");
  for (const name of ["a", "b"]) p.thread(name, function* (t) { yield* x.write(t, (yield* x.read(t)) + 1); });
  p.finally(() => { if (x.value !== 2) throw new Error("lost"); });
});

function strategyOf(name: string, subject: typeof LOCK_FREE, seed = 1) {
  return createStrategy(name, { seed, depth: null, preemptions: null, symmetry: false }, subject);
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

describe.each(SAMPLERS)("%s", (name) => {
  it("finds a lost update", () => {
    expect(explore({ subject: LOST_UPDATE, strategy: strategyOf(name, LOST_UPDATE), seed: 1, schedules: 200 }).found).toHaveLength(1);
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
