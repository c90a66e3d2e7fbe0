import { describe, expect, it } from "vitest";
import { explore } from "../../src/executor/explorer/engine/explore.ts";
import { Pos } from "../../src/executor/explorer/strategy/pos.ts";
import { DEFAULT_HUNT_MACHINE } from "../../src/hunt/machine/hunt_machine.ts";
import { HuntSubject } from "../../src/hunt/machine/subject.ts";

/** docs/findings/6: GPU SVM in two passes. The first rule that is broken in a play, if one is. */
function broken(driver: string, scenario: string, schedules: number): string[] {
  const subject = new HuntSubject({ ...DEFAULT_HUNT_MACHINE, driver, play: scenario, gpus: 1 });
  const { found } = explore({ subject, strategy: new Pos(1), seed: 1, schedules, keepGoing: false });
  return [...new Set(found.map(({ failure: { kind, rule } }) => (kind === "data-race" ? kind : rule)))].toSorted();
}

describe("GPU SVM as posted for two passes", () => {
  it("binds a page between the passes, whose flags still call it valid (RULES 22, 62)", () => {
    expect(broken("gpusvm-two-pass", "fault-beside", 150)).toEqual(["stale-access"]);
  });

  it("does not wait for a flush that another invocation has sent (RULES 21)", () => {
    expect(broken("gpusvm-two-pass", "nested", 40)).toEqual(["I18"]);
  });
});

describe.each(["gpusvm", "gpusvm-two-pass-checked"])("%s", (driver) => {
  it.each(["fault-beside", "nested"])("does neither, in %s", (scenario) => {
    expect(broken(driver, scenario, 60)).toEqual([]);
  });
});
