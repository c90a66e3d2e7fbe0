import { describe, expect, it } from "vitest";
import { SCT_PROGRAMS } from "../../../../src/bench/sctbench/programs.ts";
import { certify } from "../../../../src/executor/explorer/explain/certificate.ts";
import type { EngineView, ThreadView } from "../../../../src/executor/explorer/engine/view.ts";
import { explore } from "../../../../src/executor/explorer/engine/explore.ts";
import { signatureOf } from "../../../../src/executor/explorer/engine/failure.ts";
import { minimise } from "../../../../src/executor/explorer/minimise/minimise.ts";
import type { Program } from "../../../../src/executor/explorer/program/program.ts";
import type { Schedule } from "../../../../src/executor/explorer/engine/recording.ts";
import { Replay } from "../../../../src/executor/explorer/replay/replay.ts";
import { Reproducer } from "../../../../src/executor/explorer/replay/reproduce.ts";
import { createStrategy } from "../../../../src/executor/explorer/strategy/catalogue.ts";
import { SCTBENCH } from "../golden/sctbench.ts";

const BUDGET = { executions: 3000, steps: 3_000_000 };

/** A replay that counts how often a thread is left that could have gone on. */
class CountingReplay extends Replay {
  preemptions = 0;

  override begin(): boolean {
    this.preemptions = 0;
    return super.begin();
  }

  override pick(engine: EngineView): ThreadView {
    const { lastThread } = engine;
    const thread = super.pick(engine);
    if (lastThread !== null && thread !== lastThread && lastThread.place >= 0) this.preemptions++;
    return thread;
  }
}

/** What is left of a failure that this seed finds. */
function smallest(subject: Program, seed: number) {
  const strategy = createStrategy({ name: "surw", seed }, subject);
  const [found] = explore({ subject, strategy, seed, schedules: 20_000 }).found;
  const reproducer = new Reproducer(subject, signatureOf(found.failure), 0);
  const { schedule, switches, isMinimal } = minimise(reproducer, found.schedule, BUDGET);
  return { switches, isMinimal, preemptions: preemptionsOf(reproducer, schedule), depth: certify(reproducer, schedule).depth };
}

function preemptionsOf(reproducer: Reproducer, schedule: Schedule): number {
  const replay = new CountingReplay(schedule);
  expect(reproducer.fails(replay)).toBe(true);
  return replay.preemptions;
}

/**
 * Depths. Published is the fewest orders that suffice for PCT to find the failure; ours are the orders that are necessary in the
 * execution at hand. Where the two numbers differ, docs/explorer.md says why.
 */
const DEPTHS: Readonly<Record<string, { readonly published: number; readonly ours: readonly number[] }>> = {
  account: { published: 1, ours: [1] },
  lazy01: { published: 1, ours: [1] },
  reorder_3: { published: 2, ours: [2] },
  reorder_4: { published: 2, ours: [2] },
  reorder_5: { published: 2, ours: [2] },
  twostage: { published: 2, ours: [2] },
  wronglock: { published: 2, ours: [2] },
  wronglock_3: { published: 2, ours: [2] },
  deadlock01: { published: 2, ours: [2] },
  bluetooth_driver: { published: 2, ours: [3] },
  carter01: { published: 2, ours: [1] },
  token_ring: { published: 4, ours: [1, 2] }, // published as a bound
};

/**
 * Switches once all threads are there, of those programs for which no facts are at hand: one preemption, and of wronglock's a
 * switch back.
 */
const SWITCHES: Readonly<Record<string, number>> = { reorder_5: 1, wronglock: 2, wronglock_3: 2 };

/** Threads that do nothing but end, each after a switch. */
const EMPTY: Readonly<Record<string, number>> = { carter01: 2 };

const SEEDS = [1, 2, 3, 4, 5];
/** But sync01, which fails always. */
const FACTS = SCTBENCH.map(({ subject, preemption: [, preemptions] }) => ({ name: subject.name, subject, preemptions })).filter(
  ({ name }) => name in DEPTHS,
);

it("depths agree with the published ones but for three programs", () => {
  const differing = Object.entries(DEPTHS)
    .filter(([, { published, ours }]) => !ours.includes(published))
    .map(([name]) => name);
  expect(differing).toEqual(["bluetooth_driver", "carter01", "token_ring"]);
});

describe("the smallest schedules of SCTBench's failures", () => {
  it.each(FACTS)("$name has $preemptions preemptions, as few as bounding preemptions needs", ({ name, subject, preemptions }) => {
    for (const seed of SEEDS) {
      const small = smallest(subject, seed);
      expect(small).toMatchObject({ preemptions, isMinimal: true });
      expect(DEPTHS[name].ours).toContain(small.depth);
    }
  });

  const spawned = SCT_PROGRAMS.filter(({ name }) => name in DEPTHS);

  it.each(spawned)("$name, whose threads main spawns, needs one switch more: away from main", ({ name, make }) => {
    const started = FACTS.find((facts) => facts.name === name);
    for (const seed of SEEDS) {
      const small = smallest(make(), seed);
      const switches = started === undefined ? SWITCHES[name] : smallest(started.subject, seed).switches;
      expect(small).toMatchObject({ switches: 1 + switches + (EMPTY[name] ?? 0), isMinimal: true });
      expect(DEPTHS[name].ours).toContain(small.depth);
    }
  });
});
