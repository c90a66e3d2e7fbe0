import { describe, expect, it } from "vitest";
import { explore } from "../../src/executor/explorer/engine/explore.ts";
import { RandomWalk } from "../../src/executor/explorer/strategy/random.ts";
import { DEFAULT_HUNT_MACHINE } from "../../src/hunt/machine/hunt_machine.ts";
import { HuntSubject } from "../../src/hunt/machine/subject.ts";
import { shareOfDeadlocks, type TwoChunks } from "./two_chunks.ts";

/** docs/findings/4: the user lock held from the start pass to the finish pass. */
const VM_LOCK = "lock-across-passes";
const NOTIFIER_LOCK = "lock-across-passes-per-notifier";

/** What is said in a hunt, with the oracles of locks and callbacks or without. */
function broken(driver: string, scenario: string, sanitizers: boolean): string[] {
  const subject = new HuntSubject({ ...DEFAULT_HUNT_MACHINE, driver, play: scenario }, { sanitizers });
  const { found } = explore({ subject, strategy: new RandomWalk(1), seed: 1, schedules: 30, keepGoing: true });
  return [...new Set(found.map(({ failure }) => failure.rule))];
}

describe("the user lock held across both passes", () => {
  it("waits for itself if it is the VM's and a range hits two notifiers of the VM, whatever the schedule", () => {
    const play: TwoChunks = {
      touches: [
        [0, 0],
        [0, 1],
      ],
      ranges: [[0, 2]],
    };
    expect(shareOfDeadlocks(VM_LOCK, play)).toBe(1);
    expect(shareOfDeadlocks(NOTIFIER_LOCK, play)).toBe(0);
  });

  it("has two CPUs wait for each other if two GPUs' notifiers stand in one order here and in the other there", () => {
    const play: TwoChunks = {
      touches: [
        [0, 0],
        [1, 0],
        [1, 1],
        [0, 1],
      ],
      ranges: [
        [0, 1],
        [1, 1],
      ],
    };
    expect(shareOfDeadlocks(VM_LOCK, play)).toBeGreaterThan(0);
    expect(shareOfDeadlocks(NOTIFIER_LOCK, play)).toBe(0);
  });

  it("needs a lock for each notifier, which all take in the order of the tree", () => {
    const play: TwoChunks = {
      touches: [
        [0, 0],
        [1, 0],
        [1, 1],
        [0, 1],
      ],
      ranges: [
        [0, 2],
        [0, 2],
      ],
    };
    expect(shareOfDeadlocks(NOTIFIER_LOCK, play)).toBe(0);
  });

  it("is objected to in any hunt: a callback returns with a lock held", () => {
    expect(broken(VM_LOCK, "unmap", true)).toEqual(["RULES 28"]);
    expect(broken(NOTIFIER_LOCK, "unmap", true)).toEqual(["RULES 28"]);
  });

  it.each(["overlap", "nested", "refault", "exit", "oom", "reclaim", "fork", "mixed-notifiers"])(
    "with a lock for each notifier has nothing else wrong with it, in %s",
    (scenario) => {
      expect(broken(NOTIFIER_LOCK, scenario, false)).toEqual([]);
    },
  );
});
