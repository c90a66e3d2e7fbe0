import { expect, it } from "vitest";
import { explore, Explorer } from "../../../../src/executor/explorer/engine/explore.ts";
import type { Strategy } from "../../../../src/executor/explorer/engine/strategy.ts";
import { program, type Program } from "../../../../src/executor/explorer/program/program.ts";
import { createStrategy } from "../../../../src/executor/explorer/strategy/catalogue.ts";

/** Three threads of 3, 2 and 1 steps, none of which ever waits: 60 interleavings. */
export const LOCK_FREE = program("lock-free", (p) => {
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

export const LOST_UPDATE = program("lost update", (p) => {
  const x = p.word("x");
  for (const name of ["a", "b"])
    p.thread(name, function* (t) {
      yield* x.write(t, (yield* x.read(t)) + 1);
    });
  p.finally(() => {
    if (x.value !== 2) throw new Error("lost");
  });
});

/** What every sampler has to do. */
export function itSamples(name: string): void {
  it("finds a lost update", () => {
    const strategy = createStrategy({ name, seed: 1 }, LOST_UPDATE);
    expect(explore({ subject: LOST_UPDATE, strategy, seed: 1, schedules: 200 }).found).toHaveLength(1);
  });

  it("draws execution number n alike, whatever it drew before", () => {
    const schedule = (indices: readonly number[]) => {
      const explorer = new Explorer({ subject: LOCK_FREE, strategy: createStrategy({ name, seed: 1 }, LOCK_FREE), seed: 1 });
      for (const index of indices) explorer.run(index);
      return explorer.recording.schedule();
    };
    expect(schedule([7])).toEqual(schedule([0, 3, 99, 7]));
  });
}

/** How often each order was drawn: of all steps, or of what `orderOf` makes of the threads that took them. */
export function countsOf(
  subject: Program,
  strategy: Strategy,
  executions: number,
  orderOf = (explorer: Explorer) => explorer.recording.schedule().threads.join(""),
): Map<string, number> {
  const explorer = new Explorer({ subject, strategy, seed: 1 });
  const seen = new Map<string, number>();
  for (let index = 0; index < executions; index++) {
    explorer.run(index);
    const order = orderOf(explorer);
    seen.set(order, (seen.get(order) ?? 0) + 1);
  }
  return seen;
}

/** Sum of squared deviations from all being alike, each over what was expected. */
export function chiSquare(observed: ReadonlyMap<string, number>, classes: number): number {
  const counts = [...observed.values()];
  const expected = counts.reduce((sum, count) => sum + count, 0) / classes;
  const missing = (classes - counts.length) * expected;
  return missing + counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}

/** With 59 degrees of freedom: exceeded by one in a thousand uniform samples of 60 classes. */
export const LIMIT_OF_60 = 98.3;

/** Is a share of so many samples within four standard errors of a probability? */
export function isNear(share: number, probability: number, samples: number): boolean {
  return Math.abs(share - probability) <= 4 * Math.sqrt((probability * (1 - probability)) / samples);
}

/** Of so many executions, numbers 0, 1, …, the share that fails. */
export function failingShare(subject: Program, strategy: Strategy, executions: number): number {
  const explorer = new Explorer({ subject, strategy, seed: 1 });
  let failed = 0;
  for (let index = 0; index < executions; index++) if (explorer.run(index)!.failure !== null) failed++;
  return failed / executions;
}

/** One thread does so much before it writes; another writes at once. Which write is the last? */
export function lateWrite(before: number): Program {
  return program(`late write after ${before}`, (p) => {
    const [x, own] = [p.word("x"), p.word("own")];
    p.thread("late", function* (t) {
      for (let i = 0; i < before; i++) yield* own.write(t, i);
      yield* x.write(t, 1);
    });
    p.thread("soon", (t) => x.write(t, 2));
    p.finally(() => {
      if (x.value === 2) throw new Error("the one that writes at once was the last");
    });
  });
}
