import { describe, expect, it } from "vitest";
import { formatFinishOption, parseFinishOption } from "../../src/driver/options.ts";
import { TestMachine } from "./machine.ts";
import { Oracle } from "./oracle.ts";
import { play } from "./play.ts";
import { SlabBalance } from "./slab_balance.ts";

/** The designs that were argued (RULES d) and are right, by what makes them fall back to one pass. */
const DESIGNS: readonly (readonly [driver: string, finishes: readonly string[]])[] = [
  ["n-pass", ["pool:8", "embedded", "nowait:50"]],
  ["n-pass-2", ["pool:8", "nowait:50"]],
  ["n-pass-3", ["pool:8", "embedded", "nowait:50"]],
  ["n-pass-own", ["pool:8", "embedded", "nowait:50"]],
  ["n-pass-3-own", ["pool:8", "embedded", "nowait:50"]],
  ["pass-counter-seqno", ["embedded"]],
  ["start-end", ["embedded"]],
  ["multiplexed", ["embedded"]],
  ["lock-across-passes-per-notifier", ["embedded", "nowait:50"]],
];
const SEEDS = 30;

describe.each(DESIGNS)("%s", (driver, finishes) => {
  it.each(finishes.map(parseFinishOption).map((finish) => [formatFinishOption(finish), finish] as const))(
    "lets no GPU touch what the process has lost, and gives everything back, with %s",
    (_name, finish) => {
      let accesses = 0;
      let fallbacks = 0;
      for (let seed = 1; seed <= SEEDS; seed++) {
        const gpuConfig = { tlbLatencyUs: 5, preemptLatencyUs: 7, contexts: 1 + (seed % 2) };
        const machine = new TestMachine({ driver, gpus: 2, gpuConfig, driverOptions: { finish } });
        const oracle = new Oracle(machine);
        const slabs = new SlabBalance(machine);
        play(machine, { seed, exitsEarly: seed % 5 === 0 });
        expect({ seed, violations: oracle.violations, inUse: slabs.inUse }).toEqual({ seed, violations: [], inUse: 0 });
        accesses += oracle.accesses;
        fallbacks += oracle.fallbacks;
      }
      expect(accesses).toBeGreaterThan(0);
      expect(fallbacks).toBeGreaterThanOrEqual(finish.kind === "nowait" ? 1 : 0);
    },
  );

  it("waits until TLBs are flushed, whatever answers the firmware loses", () => {
    let timeouts = 0;
    for (let seed = 1; seed <= 6; seed++) {
      const gpuConfig = { tlbLatencyUs: 5, preemptLatencyUs: 7, lostAnswerPercent: 20, lateAnswerPercent: 10 };
      const machine = new TestMachine({ driver, gpus: 2, gpuConfig });
      const oracle = new Oracle(machine);
      play(machine, { seed });
      expect({ seed, violations: oracle.violations }).toEqual({ seed, violations: [] });
      timeouts += oracle.timeouts;
    }
    expect(timeouts).toBeGreaterThan(0);
  });
});
