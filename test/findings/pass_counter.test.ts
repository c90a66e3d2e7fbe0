import { describe, expect, it } from "vitest";
import { explore } from "../../src/executor/explorer/engine/explore.ts";
import { RandomWalk } from "../../src/executor/explorer/strategy/random.ts";
import { DEFAULT_HUNT_MACHINE } from "../../src/hunt/machine/hunt_machine.ts";
import { HuntSubject } from "../../src/hunt/machine/subject.ts";

/** docs/findings/3: two invocations of one notifier at once. */
function broken(driver: string, schedules: number): string[] {
  const subject = new HuntSubject({ ...DEFAULT_HUNT_MACHINE, driver, play: "nested" });
  const { found } = explore({ subject, strategy: new RandomWalk(1), seed: 1, schedules, keepGoing: true });
  return [...new Set(found.map(({ failure }) => failure.rule))].toSorted();
}

describe("a pass counter", () => {
  it("with a fence in the notifier signals flushes before they are done, and loses itself in the list of fences", () => {
    expect(broken("pass-counter", 40)).toEqual(expect.arrayContaining(["I21", "livelock"]));
  });

  it("with a number in the notifier does not", () => {
    expect(broken("pass-counter-seqno", 200)).toEqual([]);
  });
});
