import { describe, expect, it } from "vitest";
import { explore } from "../../../../src/executor/explorer/engine/explore.ts";
import { createStrategy, STRATEGY_NAMES } from "../../../../src/executor/explorer/strategy/catalogue.ts";
import { reorder } from "../../../fixtures/hunt/programs.ts";

describe("strategies by name", () => {
  it.each(STRATEGY_NAMES)("%s runs, and calls itself so", (name) => {
    const subject = reorder();
    const strategy = createStrategy({ name, seed: 1 }, subject);
    const { schedules } = explore({ subject, strategy, seed: 1, schedules: 64, keepGoing: true });
    expect(schedules).toBe(64);
    expect(name === "portfolio" ? STRATEGY_NAMES : [name]).toContain(strategy.name);
  });

  it("does not know others", () => {
    expect(() => createStrategy({ name: "luck", seed: 1 }, reorder())).toThrow("no strategy luck; there are portfolio, ");
  });
});
