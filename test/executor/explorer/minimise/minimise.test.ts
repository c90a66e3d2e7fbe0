import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { certify } from "../../../../src/executor/explorer/explain/certificate.ts";
import { explore, type Found } from "../../../../src/executor/explorer/engine/explore.ts";
import { signatureOf } from "../../../../src/executor/explorer/engine/failure.ts";
import { commute } from "../../../../src/executor/explorer/minimise/commute.ts";
import { blocksOf, scheduleOf, switchesOf } from "../../../../src/executor/explorer/minimise/blocks.ts";
import { decisivePart } from "../../../../src/executor/explorer/minimise/decisive.ts";
import { minimise, type Minimised } from "../../../../src/executor/explorer/minimise/minimise.ts";
import { partialOrderOf } from "../../../../src/executor/explorer/explain/partial_order.ts";
import { pointOfNoReturn } from "../../../../src/executor/explorer/explain/point_of_no_return.ts";
import type { Program } from "../../../../src/executor/explorer/program/program.ts";
import { Replay } from "../../../../src/executor/explorer/replay/replay.ts";
import { Reproducer } from "../../../../src/executor/explorer/replay/reproduce.ts";
import { RandomWalk } from "../../../../src/executor/explorer/strategy/random.ts";
import { TraceHash } from "../../../../src/executor/explorer/measure/trace_hash.ts";
import {
  account,
  bluetooth,
  deadlock,
  lostUpdate,
  polite,
  reorder,
  twostage,
  unluckyAllocation,
} from "../../../fixtures/explorer/buggy_programs.ts";

const BUDGET = { executions: 3000, steps: 3_000_000 };

function find(subject: Program, seed: number): Found {
  const [found] = explore({ subject, strategy: new RandomWalk(seed), seed, schedules: 20_000 }).found;
  expect(found).toBeDefined();
  return found;
}

function makeSmall(subject: Program, seed: number): { reproducer: Reproducer; found: Found; small: Minimised } {
  const found = find(subject, seed);
  const reproducer = new Reproducer(subject, signatureOf(found.failure), 0);
  return { reproducer, found, small: minimise(reproducer, decisivePart(reproducer, found.schedule), BUDGET) };
}

/** What is known: the fewest steps and, among those with the fewest switches; the orders that are necessary. */
const KNOWN: readonly (readonly [Program, { steps: number; switches: number; depth: number }])[] = [
  [reorder(2), { steps: 4, switches: 1, depth: 2 }],
  [reorder(4), { steps: 4, switches: 1, depth: 2 }],
  [account(), { steps: 5, switches: 2, depth: 1 }],
  [twostage(), { steps: 5, switches: 1, depth: 2 }],
  [bluetooth(), { steps: 8, switches: 2, depth: 3 }],
  [deadlock(), { steps: 2, switches: 1, depth: 2 }],
  [lostUpdate(), { steps: 4, switches: 2, depth: 2 }],
  [lostUpdate(2), { steps: 10, switches: 4, depth: 2 }],
  [unluckyAllocation(), { steps: 3, switches: 0, depth: 1 }],
];

describe("a failure is made small", () => {
  it.each(KNOWN.map(([subject, known]) => [subject.name, subject, known] as const))(
    "%s: as small as it can be, wherever one begins",
    (_name, subject, known) => {
      for (let seed = 1; seed <= 5; seed++) {
        const { reproducer, found, small } = makeSmall(subject, seed);
        expect(small).toMatchObject({ switches: known.switches, isMinimal: true });
        expect(small.schedule.threads).toHaveLength(known.steps);
        expect(small.schedule.threads.length).toBeLessThanOrEqual(found.steps);
        expect(reproducer.times(10, () => new Replay(small.schedule))).toBe(10);
        expect(certify(reproducer, small.schedule).depth).toBe(known.depth);
      }
    },
  );

  it("what goes on and on is told by the decisions that brought it there", () => {
    const { reproducer, small } = makeSmall(polite(), 1);
    expect([...small.schedule.threads].toSorted()).toEqual([0, 1]);
    expect(certify(reproducer, small.schedule).depth).toBe(2);
  });

  it("names what somebody was kept from until it failed", () => {
    const { reproducer, small } = makeSmall(reorder(1), 1);
    const { orders } = certify(reproducer, small.schedule);
    expect(orders.flatMap(({ heldBack }) => heldBack ?? [])).toEqual([{ task: "setter0", operation: "WRITE_ONCE b" }]);
  });

  it("twice the same from the same schedule, and nothing shrinks what is small", () => {
    const { reproducer, small } = makeSmall(bluetooth(), 3);
    expect(makeSmall(bluetooth(), 3).small).toEqual(small);
    expect(minimise(reproducer, small.schedule, BUDGET)).toEqual(small);
  });

  it("ends when its budget is spent, with a schedule that fails", () => {
    const found = find(lostUpdate(3), 2);
    const reproducer = new Reproducer(lostUpdate(3), signatureOf(found.failure), 0);
    const small = minimise(reproducer, found.schedule, { executions: 4, steps: 1000 });
    expect(small.isMinimal).toBe(false);
    expect(reproducer.fails(new Replay(small.schedule))).toBe(true);
  });

  it("chance that plays no part is denied", () => {
    const { small } = makeSmall(unluckyAllocation(), 4);
    expect(small.schedule.answers.filter((answer) => answer === 1)).toHaveLength(1);
  });
});

describe("independent steps change places", () => {
  it("the trace stays the same, and switches never become more; a failure only comes sooner", () => {
    fc.assert(
      fc.property(fc.nat(10_000), fc.constantFrom(...KNOWN.map(([subject]) => subject)), (seed, subject) => {
        const hash = new TraceHash(subject.words.length);
        const reproducer = new Reproducer(subject, "", 0);
        reproducer.fails(new RandomWalk(seed));
        const before = {
          isWhole: reproducer.isAtEnd,
          trace: hash.of(reproducer.recording),
          schedule: reproducer.recording.schedule(),
        };
        const commuted = commute(reproducer.recording, partialOrderOf(reproducer.recording));
        expect(switchesOf(commuted)).toBeLessThanOrEqual(switchesOf(before.schedule));
        reproducer.fails(new Replay(commuted));
        expect(reproducer.isAtEnd).toBe(before.isWhole);
        const { threads } = reproducer.recording.schedule();
        expect(threads).toEqual(before.isWhole ? commuted.threads : commuted.threads.subarray(0, threads.length));
        expect(!before.isWhole || hash.of(reproducer.recording) === before.trace).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  it("blocks are the schedule in other words", () => {
    const schedule = { threads: Uint16Array.of(0, 0, 2, 1, 1, 0), answers: Uint8Array.of(0, 1, 0, 0, 1, 1) };
    expect(scheduleOf(blocksOf(schedule))).toEqual(schedule);
    expect(blocksOf(schedule)).toHaveLength(switchesOf(schedule) + 1);
  });
});

describe("the point of no return", () => {
  it("is the step with which failure becomes certain; without a race there is none", () => {
    const { reproducer, small } = makeSmall(deadlock(), 1);
    const { probability, jumpAt } = pointOfNoReturn(reproducer, small.schedule, 1, 100_000);
    expect(probability).toHaveLength(3);
    expect(probability[0]).toBeGreaterThan(0.3);
    expect(probability[0]).toBeLessThan(0.7);
    expect(probability[2]).toBe(1);
    expect(jumpAt).toBe(2);
    expect(pointOfNoReturn(reproducer, small.schedule, 1, 100_000)).toEqual({ probability, jumpAt });
  });

  it("is measured more coarsely where not every step can be afforded", () => {
    const { reproducer, small } = makeSmall(lostUpdate(2), 1);
    const before = reproducer.executions;
    const { probability } = pointOfNoReturn(reproducer, small.schedule, 1, 300);
    expect(probability).toHaveLength(11);
    expect(probability[10]).toBe(1);
    expect(reproducer.executions - before).toBeLessThan(80);
  });
});
