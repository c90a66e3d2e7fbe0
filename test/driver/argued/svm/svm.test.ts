import { describe, expect, it } from "vitest";
import { parseFinishOption } from "../../../../src/driver/options.ts";
import { kernelEvents } from "../../../../src/kernel/tracepoints.ts";
import { TestMachine } from "../../machine.ts";
import { play } from "../../play.ts";
import { walks } from "../../walks.ts";

const SEEDS = 20;

describe.each([
  { driver: "single-pass", finish: "embedded", fallsBack: false },
  { driver: "two-pass", finish: "pool:8", fallsBack: false },
  { driver: "two-pass", finish: "pool:1", fallsBack: true },
  { driver: "two-pass", finish: "pool:0", fallsBack: true },
  { driver: "two-pass", finish: "embedded", fallsBack: true },
  { driver: "two-pass", finish: "nowait:50", fallsBack: true },
  { driver: "two-pass", finish: "shared-pool:1", fallsBack: true },
  { driver: "two-pass", finish: "block", fallsBack: false },
  { driver: "two-pass", finish: "join", fallsBack: false },
  { driver: "n-pass", finish: "block", fallsBack: false },
  { driver: "n-pass-3", finish: "nowait:50", fallsBack: true },
  { driver: "n-pass-3-own", finish: "embedded", fallsBack: true },
])("$driver with $finish", ({ driver, finish, fallsBack }) => {
  const machine = { driver, driverOptions: { finish: parseFinishOption(finish) } };

  it("keeps GPUs off pages that are taken away", () => {
    const seen = walks(SEEDS, machine);
    expect(seen.violations).toEqual([]);
    expect(seen.accesses).toBeGreaterThan(10 * SEEDS);
    expect(seen.retries).toBeGreaterThan(0);
    expect(seen.fallbacks > 0).toBe(fallsBack);
    expect(seen.timeouts).toBe(0);
  });

  it("survives the end of the process while GPUs work in it", () => {
    expect(walks(SEEDS / 4, machine, { exitsEarly: true, operations: 1 }).violations).toEqual([]);
  });

  it.each([{ lostAnswerPercent: 30 }, { lateAnswerPercent: 30, lateAnswerUs: 700_000 }])(
    "does not take a time-out for a flush: %o",
    (gpuConfig) => {
      const seen = walks(SEEDS / 4, { ...machine, gpuConfig });
      expect(seen.violations).toEqual([]);
      expect(seen.timeouts).toBeGreaterThan(0);
    },
  );
});

it("works under reclaim, where notifiers run in the middle of a fault", () => {
  let swapped = 0;
  for (let seed = 1; seed <= SEEDS; seed++) {
    const machine = new TestMachine({ driver: "two-pass", gpus: 2, frames: 18 });
    machine.tracer.on("record", kernelEvents.swapOut, () => swapped++);
    play(machine, { seed, pages: 10, operations: 2 });
    expect(machine.violations()).toEqual([]);
  }
  expect(swapped).toBeGreaterThan(0);
});

it("serves several contexts of a GPU", () => {
  expect(walks(SEEDS, { driver: "two-pass", gpuConfig: { contexts: 3 } }, { accesses: 4 }).violations).toEqual([]);
});
