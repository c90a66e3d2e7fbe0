import { expect, it } from "vitest";
import { explore } from "../../src/executor/explorer/engine/explore.ts";
import { RandomWalk } from "../../src/executor/explorer/strategy/random.ts";
import { DEFAULT_HUNT_MACHINE } from "../../src/hunt/machine/hunt_machine.ts";
import { HuntSubject } from "../../src/hunt/machine/subject.ts";

/** docs/findings/7: the first rule that is broken, if one is, when a classic notifier refuses a range that must not block. */
function broken(driver: string, scenario: string): string[] {
  const subject = new HuntSubject({ ...DEFAULT_HUNT_MACHINE, driver, play: scenario });
  const { found } = explore({ subject, strategy: new RandomWalk(1), seed: 1, schedules: 60, keepGoing: false });
  return found.map(({ failure }) => failure.rule);
}

it.each(["oom-flush", "oom-finish"])("the merged core counts the range forever, in %s (RULES 31)", (scenario) => {
  expect(broken("nouveau", scenario)).toEqual(["I1"]);
});

it.each(["oom-flush", "oom-finish", "oom", "mixed-notifiers"])("a core that undoes it does not, in %s", (scenario) => {
  expect(broken("nouveau-undone", scenario)).toEqual([]);
});

it("a mixture with another driver of interval notifiers needs that core as well", () => {
  expect(broken("nouveau,two-pass", "oom-finish")).toEqual(["I1"]);
  expect(broken("nouveau-undone,two-pass", "oom-finish")).toEqual([]);
});
