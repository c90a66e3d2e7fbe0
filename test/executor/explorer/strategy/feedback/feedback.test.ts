import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { explore, Explorer } from "../../../../../src/executor/explorer/engine/explore.ts";
import { Rng } from "../../../../../src/executor/explorer/engine/rng.ts";
import type { Strategy } from "../../../../../src/executor/explorer/engine/strategy.ts";
import { Feedback, GENERATION } from "../../../../../src/executor/explorer/strategy/feedback/feedback.ts";
import { mutate } from "../../../../../src/executor/explorer/strategy/feedback/mutate.ts";
import { RandomWalk } from "../../../../../src/executor/explorer/strategy/random.ts";
import { staged } from "../../../../fixtures/hunt/programs.ts";

const SEEDS = [1, 2, 3, 4, 5, 6, 7, 8];

/** Seeds with which the bug behind seven doors is found in so many executions. */
function found(schedules: number, strategy: (seed: number, words: number) => Strategy): number[] {
  const subject = staged(7);
  return SEEDS.filter(
    (seed) => explore({ subject, strategy: strategy(seed, subject.words.length), seed, schedules }).found.length > 0,
  );
}

describe("feedback", () => {
  it("finds a bug behind many conditions, which chance does not find in ten times as many executions", () => {
    expect(found(1000, (seed, words) => new Feedback(seed, words))).toEqual(SEEDS);
    expect(found(10_000, (seed) => new RandomWalk(seed))).toEqual([]);
  });

  it("learns the same from a generation that was spread over others", () => {
    const subject = staged(4);
    const explorers = Array.from({ length: 3 }, () => {
      const strategy = new Feedback(1, subject.words.length);
      return { strategy, explorer: new Explorer({ subject, strategy, seed: 1 }) };
    });
    const [alone, even, odd] = explorers;
    for (let index = 0; index < GENERATION; index++) {
      alone.explorer.run(index);
      (index % 2 === 0 ? even : odd).explorer.run(index);
    }
    const discoveries = [...odd.strategy.harvest(), ...even.strategy.harvest()];
    for (const { strategy } of [even, odd]) strategy.learn(discoveries, 1);
    for (let index = GENERATION; index < GENERATION + 40; index++) {
      for (const { explorer } of explorers) explorer.run(index);
      for (const { explorer } of [even, odd]) expect(explorer.recording.schedule()).toEqual(alone.explorer.recording.schedule());
    }
  });
});

describe("mutating schedules", () => {
  const schedule = fc.array(fc.nat({ max: 7 }), { maxLength: 20 });
  const parent = schedule.chain((decisions) =>
    fc.record({
      decisions: fc.constant(decisions),
      races:
        decisions.length < 2
          ? fc.constant([])
          : fc
              .uniqueArray(fc.nat({ max: decisions.length - 1 }), { minLength: 2, maxLength: 2 })
              .map((race) => race.toSorted((a, b) => a - b)),
    }),
  );

  it("makes decisions of decisions", () => {
    fc.assert(
      fc.property(fc.array(parent, { minLength: 1, maxLength: 3 }), fc.integer(), (corpus, seed) => {
        const known = new Set(corpus.flatMap(({ decisions }) => decisions));
        const kept = structuredClone(corpus);
        for (const decision of mutate(corpus, new Rng(seed))) expect(known).toContain(decision);
        expect(corpus).toEqual(kept);
      }),
    );
  });

  it("turns races round: the second step's thread goes first", () => {
    const [a, b] = [0, 2];
    const corpus = [{ decisions: [a, a, b, b, a], races: [1, 3] }];
    const seen = new Set(Array.from({ length: 200 }, (_, seed) => mutate(corpus, new Rng(seed)).join(" ")));
    expect(seen).toContain([a, b, b, a, a].join(" "));
  });
});
