import { describe, expect, it } from "vitest";
import type { FinishOption } from "../../../../src/driver/options.ts";
import { kernelEvents } from "../../../../src/kernel/tracepoints.ts";
import { TestMachine } from "../../machine.ts";
import { Oracle } from "../../oracle.ts";
import { play, type Play } from "../../play.ts";
import { SlabBalance } from "../../slab_balance.ts";

/** Walks of the two designs of our own, which no oracle may object to. */

const NOTHING_IN_USE = { frames: 0, mms: 0, vmas: 0, mappings: 0, swapSlots: 0 };

interface Walks {
  readonly seeds: number;
  readonly machine: ConstructorParameters<typeof TestMachine>[0];
  readonly play?: Omit<Play, "seed">;
}

/** What happened over all walks, so that a test can say that it saw what it is about. */
interface Seen {
  accesses: number;
  retries: number;
  fallbacks: number;
  timeouts: number;
  /** Pages swapped out. */
  swapped: number;
}

function walk({ seeds, machine: options, play: playOptions }: Walks): Seen {
  const seen = { accesses: 0, retries: 0, fallbacks: 0, timeouts: 0, swapped: 0 };
  for (let seed = 1; seed <= seeds; seed++) {
    const machine = new TestMachine(options);
    const oracle = new Oracle(machine);
    const slabs = new SlabBalance(machine);
    machine.tracer.on(kernelEvents.swapOut, () => seen.swapped++);
    play(machine, { seed, ...playOptions });
    expect(oracle.violations, `seed ${seed}`).toEqual([]);
    expect(machine.balance(), `seed ${seed}`).toEqual(NOTHING_IN_USE);
    expect(slabs.inUse, `seed ${seed}`).toBe(0);
    seen.accesses += oracle.accesses;
    seen.retries += oracle.retries;
    seen.fallbacks += oracle.fallbacks;
    seen.timeouts += oracle.timeouts;
  }
  return seen;
}

const DESIGNS: { readonly name: string; readonly driver: string; readonly finish: FinishOption; readonly fallsBack: boolean }[] =
  [
    { name: "single-pass", driver: "single-pass", finish: { kind: "embedded" }, fallsBack: false },
    { name: "two-pass, a pool that suffices", driver: "two-pass", finish: { kind: "pool", size: 8 }, fallsBack: false },
    { name: "two-pass, a pool of one", driver: "two-pass", finish: { kind: "pool", size: 1 }, fallsBack: true },
    { name: "two-pass, no pool", driver: "two-pass", finish: { kind: "pool", size: 0 }, fallsBack: true },
    { name: "two-pass, embedded", driver: "two-pass", finish: { kind: "embedded" }, fallsBack: true },
    {
      name: "two-pass, GFP_NOWAIT that fails half the time",
      driver: "two-pass",
      finish: { kind: "nowait", failPercent: 50 },
      fallsBack: true,
    },
  ];

describe.each(DESIGNS)("$name", ({ driver, finish, fallsBack }) => {
  const base = { driver, gpus: 2, driverOptions: { finish } };

  it("keeps GPUs off pages that are taken away", () => {
    const seen = walk({ seeds: 120, machine: base });
    expect(seen.accesses).toBeGreaterThan(1200);
    expect(seen.retries).toBeGreaterThan(0);
    expect(seen.fallbacks > 0).toBe(fallsBack);
    expect(seen.timeouts).toBe(0);
  });

  it("survives the end of the process while GPUs work in it", () => {
    walk({ seeds: 60, machine: base, play: { exitsEarly: true, operations: 1 } });
  });

  it("does not take a time-out for a flush", () => {
    const seen = walk({ seeds: 60, machine: { ...base, gpuConfig: { lostAnswerPercent: 30 } } });
    expect(seen.timeouts).toBeGreaterThan(0);
  });

  it("bears answers that come long after the time-out", () => {
    const seen = walk({ seeds: 40, machine: { ...base, gpuConfig: { lateAnswerPercent: 30, lateAnswerUs: 700_000 } } });
    expect(seen.timeouts).toBeGreaterThan(0);
  });
});

it("works under reclaim, where notifiers run in the middle of a fault", () => {
  const seen = walk({ seeds: 60, machine: { driver: "two-pass", gpus: 2, frames: 18 }, play: { pages: 10, operations: 2 } });
  expect(seen.swapped).toBeGreaterThan(0);
});

it("serves several contexts of a GPU", () => {
  walk({ seeds: 60, machine: { driver: "two-pass", gpus: 2, gpuConfig: { contexts: 3 } }, play: { accesses: 4 } });
});
