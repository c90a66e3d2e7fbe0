import { describe, expect, it } from "vitest";
import { paintFor } from "../../src/report/paint.ts";

describe("colours", () => {
  const terminal = { isTTY: true };
  it.each([
    ["on a terminal", terminal, {}, true],
    ["not in a file", {}, {}, false],
    ["not with NO_COLOR", terminal, { NO_COLOR: "1" }, false],
    ["as if an empty NO_COLOR were none", terminal, { NO_COLOR: "" }, true],
    ["not on a dumb terminal", terminal, { TERM: "dumb" }, false],
    ["not with FORCE_COLOR=0", terminal, { FORCE_COLOR: "0" }, false],
    ["in a file with FORCE_COLOR", {}, { FORCE_COLOR: "1" }, true],
    ["not with NO_COLOR, whatever else is there", terminal, { NO_COLOR: "1", FORCE_COLOR: "1" }, false],
  ])("%s", (_name, stream, env, isPainted) => {
    expect(paintFor(stream, env)("bad", "FAIL") !== "FAIL").toBe(isPainted);
  });
});
