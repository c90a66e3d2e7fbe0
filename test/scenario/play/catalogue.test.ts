import { expect, it } from "vitest";
import { RULES, type RuleId } from "../../../src/rules/catalogue.ts";
import { PLAY_NAMES, playOf } from "../../../src/scenario/play/catalogue.ts";

/** The rules of RULES a that are of the notifier core and of xe. */
const LAST = 59;
const isTheirs = (id: string) => /^RULES [1-9]\d*$/.test(id) && Number(id.slice("RULES ".length)) <= LAST;
const NUMBERED = RULES.map(({ id }) => id).filter(isTheirs);

const NO_FUNCTION = "it holds between functions, and is cited where types or whole designs are described";

/** Rules that no play can be seen to exercise, and why. */
const NOT_EXERCISED: Readonly<Partial<Record<RuleId, string>>> = {
  "RULES 5": NO_FUNCTION,
  "RULES 19": NO_FUNCTION,
  "RULES 20": NO_FUNCTION,
  "RULES 23": NO_FUNCTION,
  "RULES 25": "a warning for an ops table without a finish callback: no driver here has one; the kernel's own tests show it",
  "RULES 30":
    "a notifier that refuses where it may block is broken by itself: planted as a bug, not played by the correct designs",
  "RULES 42": "registration refuses the ops table and warns, which is a violation in a play; the kernel's own tests show it",
  "RULES 46": NO_FUNCTION,
  "RULES 50": NO_FUNCTION,
  "RULES 54": NO_FUNCTION,
  "RULES 55": "submissions do not fail here: xe's driver says so",
  "RULES 57": "xe's fault injection by Kconfig is not modelled",
  "RULES 58": "an order of locks, which no function has to itself; the oracle of callbacks watches it",
};

it("exercises every rule of the notifier core and of the drivers, or says why not", () => {
  const exercised = new Set<string>(PLAY_NAMES.flatMap((name) => playOf(name).rules));
  expect(NUMBERED.filter((id) => !exercised.has(id))).toEqual(NUMBERED.filter((id) => id in NOT_EXERCISED));
});

it("has one name for each play, and knows no other", () => {
  expect(new Set(PLAY_NAMES).size).toBe(PLAY_NAMES.length);
  expect(() => playOf("nonesuch")).toThrow("scenario: no such scenario: nonesuch");
});
