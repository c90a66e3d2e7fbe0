import { expect, it } from "vitest";
import { PLAY_NAMES, playOf } from "../../../src/scenario/play/catalogue.ts";

/** Rules of RULES.md (a) A to F: the first and the last. */
const FIRST = 1;
const LAST = 59;

/** Rules that no play can exercise, and why. */
const NOT_EXERCISED: Readonly<Record<number, string>> = {
  25: "a warning for an ops table without a finish callback: no driver here has one; the kernel's own tests show it",
  30: "a notifier that refuses where it may block is broken by itself: planted as a bug, not played by the correct designs",
  42: "registration refuses the ops table and warns, which is a violation in a play; the kernel's own tests show it",
  57: "xe's fault injection by Kconfig is not modelled",
};

it("exercises every rule of the notifier core and of the drivers, or says why not", () => {
  const exercised = new Set(PLAY_NAMES.flatMap((name) => playOf(name).rules));
  for (let rule = FIRST; rule <= LAST; rule++) {
    expect(exercised.has(rule), `RULES ${rule}`).toBe(NOT_EXERCISED[rule] === undefined);
  }
});

it("has one name for each play, and knows no other", () => {
  expect(new Set(PLAY_NAMES).size).toBe(PLAY_NAMES.length);
  expect(() => playOf("nonesuch")).toThrow("scenario: no such scenario: nonesuch");
});
