import { describe, expect, it } from "vitest";
import { explore } from "../../../../src/executor/explorer/engine/explore.ts";
import { program, type Thread } from "../../../../src/executor/explorer/program/program.ts";
import { createStrategy, STRATEGY_NAMES, type StrategyOptions } from "../../../../src/executor/explorer/strategy/catalogue.ts";
import { reorder } from "../../../fixtures/hunt/programs.ts";

const OPTIONS: StrategyOptions = { seed: 1, depth: null, preemptions: null, symmetry: false };

/** Three threads that run the same code, which loses updates. */
const lostUpdate = program("lost update", (p) => {
  const x = p.word("x");
  const increment = function* increment(t: Thread) {
    yield* x.write(t, (yield* x.read(t)) + 1);
  };
  for (const name of ["a", "b", "c"]) p.thread(name, increment);
});

describe("strategies by name", () => {
  it.each(STRATEGY_NAMES)("%s runs, and calls itself so", (name) => {
    const subject = reorder();
    const strategy = createStrategy(name, OPTIONS, subject);
    const { schedules } = explore({ subject, strategy, seed: 1, schedules: 64, keepGoing: true });
    expect(schedules).toBe(64);
    expect(name === "portfolio" ? STRATEGY_NAMES : [name]).toContain(strategy.name);
  });

  it("does not know others", () => {
    expect(() => createStrategy("luck", OPTIONS, reorder())).toThrow("no strategy luck; there are portfolio, ");
  });

  it("takes threads that run the same code for interchangeable, if asked to", () => {
    const executions = (symmetry: boolean) => {
      const { schedules, exhaustive } = explore({
        subject: lostUpdate,
        strategy: createStrategy("dpor", { ...OPTIONS, symmetry }, lostUpdate),
        seed: 1,
        schedules: 1000,
      });
      expect(exhaustive).toBe(true);
      return schedules;
    };
    expect(executions(false)).toBe(36);
    expect(executions(true)).toBeLessThan(12);
  });
});
