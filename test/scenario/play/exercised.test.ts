import { afterAll, expect, it } from "vitest";
import { Explorer } from "../../../src/executor/explorer/engine/explore.ts";
import { RandomWalk } from "../../../src/executor/explorer/strategy/random.ts";
import { DEFAULT_HUNT_MACHINE } from "../../../src/hunt/machine/hunt_machine.ts";
import { HuntSubject } from "../../../src/hunt/machine/subject.ts";
import { PLAY_NAMES, playOf } from "../../../src/scenario/play/catalogue.ts";
import type { RuleId } from "../../../src/rules/catalogue.ts";
import type { Play } from "../../../src/scenario/play/play.ts";
import { CalledFunctions, citingFunctions } from "./cited_functions.ts";

const EXECUTIONS = 20;
/** What only some designs have functions for; two-pass has all else. */
const SHOWN_IN: Readonly<Record<string, readonly RuleId[]>> = {
  "n-pass-3": ["RULES 22"],
  gpusvm: ["RULES 62"],
  "xe-userptr-joined": ["RULES 47", "RULES 48", "RULES 49", "RULES 51", "RULES 53"],
  "xe-userptr-preempt": ["RULES 52", "RULES 56", "RULES 59"],
};

function driversFor({ rules }: Play): string[] {
  const others = Object.entries(SHOWN_IN).filter(([, shown]) => shown.some((rule) => rules.includes(rule)));
  return ["two-pass", ...others.map(([driver]) => driver)];
}

const citing = citingFunctions();
const called = new CalledFunctions();
afterAll(() => called.stop());

/** The rules that some function cites which a few executions of the play call. */
function shownBy(play: string, drivers: readonly string[]): Set<string> {
  const shown = new Set<string>();
  for (const driver of drivers) {
    const subject = new HuntSubject({ ...DEFAULT_HUNT_MACHINE, play, driver });
    const explorer = new Explorer({ subject, strategy: new RandomWalk(1), seed: 1 });
    called.take(); // what was called to set the machine up
    for (let index = 0; index < EXECUTIONS; index++) expect(explorer.run(index)!.failure).toBeNull();
    for (const name of called.take()) for (const rule of citing.get(name) ?? []) shown.add(rule);
  }
  return shown;
}

it.each(PLAY_NAMES)("%s calls a function for each rule that it is said to exercise", (scenario) => {
  const play = playOf(scenario);
  const shown = shownBy(scenario, driversFor(play));
  expect(play.rules.filter((rule) => !shown.has(rule))).toEqual([]);
});

it("does not take a rule for exercised whose functions nobody called", () => {
  const shown = shownBy("tiny", ["two-pass"]);
  expect(shown).toContain("RULES 17");
  expect(shown).not.toContain("RULES 62"); // gpusvm's commit
});
