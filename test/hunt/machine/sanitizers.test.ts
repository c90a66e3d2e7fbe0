import { describe, expect, it } from "vitest";
import { explore } from "../../../src/executor/explorer/engine/explore.ts";
import { RandomWalk } from "../../../src/executor/explorer/strategy/random.ts";
import { DEFAULT_HUNT_MACHINE } from "../../../src/hunt/machine/hunt_machine.ts";
import { SOUND_DESIGNS } from "../../../src/driver/catalogue.ts";
import { HuntSubject } from "../../../src/hunt/machine/subject.ts";
import { PLAY_NAMES } from "../../../src/scenario/play/catalogue.ts";

/** Executions of each play with each driver. */
const EXECUTIONS = 6;

/** What the sanitizers alone say, one line for each trouble. */
function saidOf(driver: string, scenario: string, executions: number): string[] {
  const subject = new HuntSubject({ ...DEFAULT_HUNT_MACHINE, driver, play: scenario }, { oracles: false });
  const { found } = explore({ subject, strategy: new RandomWalk(3), seed: 3, schedules: executions, keepGoing: true });
  return found.map(({ failure: { kind, message } }) => `${kind}: ${message}`);
}

describe("the sanitizers on the machine", () => {
  it.each(PLAY_NAMES)("have nothing to say to %s, whatever the correct driver", (scenario) => {
    expect(
      SOUND_DESIGNS.flatMap((driver) => saidOf(driver, scenario, EXECUTIONS).map((failure) => `${driver}: ${failure}`)),
    ).toEqual([]);
  });

  it("see that xe's second invocation does not wait for the first one's flush, though no device came too late (RULES 21)", () => {
    expect(saidOf("xe-userptr", "overlap", 40)).toEqual([
      expect.stringMatching(
        /^data-race: frame\d+\.entries\[\d+\]: nothing orders the marked \w+ by gpu\d\.ctx0 and the free by cpu\d$/,
      ),
    ]);
  });
});
