import { describe, expect, it } from "vitest";
import { explore } from "../../../../src/executor/explorer/engine/explore.ts";
import { strategyKind } from "../../../../src/executor/explorer/strategy/catalogue.ts";
import { GENERATION } from "../../../../src/executor/explorer/strategy/feedback/feedback.ts";
import { Portfolio, Rotation } from "../../../../src/executor/explorer/strategy/portfolio.ts";
import { RandomWalk } from "../../../../src/executor/explorer/strategy/random.ts";
import { Spread } from "../../../../src/executor/explorer/strategy/spread.ts";
import { counters } from "../../../fixtures/hunt/programs.ts";

const PARTS = strategyKind("portfolio").parts!;

/** What the first rounds ask of whom. */
function turns(seed: number, executions: number): Map<string, number[]> {
  const rotation = new Rotation(seed, PARTS);
  const all = new Map<string, number[]>();
  for (let index = 0; index < executions; index++) {
    const { strategy, turn } = rotation.at(index);
    all.set(strategy, [...(all.get(strategy) ?? []), turn]);
  }
  return all;
}

/** A random walk that ends after so many executions. */
class Ending extends RandomWalk {
  override readonly isComplete: boolean;
  readonly asked: number[] = [];
  readonly #executions: number;

  constructor(executions: number, isComplete: boolean) {
    super(1);
    this.#executions = executions;
    this.isComplete = isComplete;
  }

  override begin(index: number): boolean {
    this.asked.push(index);
    return index < this.#executions && super.begin(index);
  }
}

describe("the portfolio", () => {
  it("gives each of its strategies its turns in order, none left out", () => {
    for (const [, list] of turns(1, 160)) expect(list).toEqual(list.map((_, i) => i));
    expect([...turns(1, 160).keys()].toSorted()).toEqual([
      "delay",
      "dpor",
      "feedback",
      "pct",
      "pos",
      "preemption",
      "random",
      "surw",
      "urw",
    ]);
  });

  it("has a rotation of its own for each seed", () => {
    const order = (seed: number) => Array.from({ length: 16 }, (_, index) => new Rotation(seed, PARTS).at(index).strategy);
    expect(order(1)).toEqual(order(1));
    expect(order(1)).not.toEqual(order(2));
    expect(order(1).toSorted()).toEqual(order(2).toSorted());
  });

  it("has whole generations of feedback in its rounds", () => {
    const { round } = new Spread({ name: "portfolio", seed: 1 });
    expect(turns(1, round).get("feedback")).toHaveLength(GENERATION);
  });

  it("has explored everything when one of its strategies has", () => {
    const exhaustive = new Ending(3, true);
    const strategy = new Portfolio(1, PARTS, (name) => (name === "dpor" ? exhaustive : new RandomWalk(1)));
    const { schedules, exhaustive: isOver } = explore({ subject: counters(), strategy, seed: 1, schedules: 1000 });
    expect(isOver).toBe(true);
    expect(exhaustive.asked).toEqual([0, 1, 2, 3]);
    expect(schedules).toBeLessThanOrEqual(64);
  });

  it("goes on when one of its strategies ends without having seen everything", () => {
    const cut = new Ending(3, false);
    const strategy = new Portfolio(1, PARTS, (name) => (name === "dpor" ? cut : new RandomWalk(1)));
    expect(explore({ subject: counters(), strategy, seed: 1, schedules: 1000 })).toMatchObject({
      schedules: 1000,
      exhaustive: false,
    });
  });
});

describe("spreading executions", () => {
  it("leaves those that follow from one another to one worker", () => {
    const spread = new Spread({ name: "portfolio", seed: 3 });
    for (const jobs of [1, 2, 3, 8]) {
      const owners = new Map<string, Set<number | null>>();
      for (let index = 0; index < 64; index++) {
        const owner = spread.ownerOf(index, jobs);
        const name = spread.strategyOf(index);
        owners.set(name, (owners.get(name) ?? new Set()).add(owner));
      }
      expect([...owners.values()].map((who) => who.size)).toEqual([...owners].map(() => 1));
      expect(owners.get("pct")).toEqual(new Set([null]));
      expect([...owners.get("dpor")!][0]).toBeLessThan(jobs);
    }
    expect(new Spread({ name: "dfs", seed: 1 }).ownerOf(5, 1)).toBe(0);
    expect(new Spread({ name: "random", seed: 1 }).ownerOf(5, 2)).toBeNull();
  });
});
