import { expect, it } from "vitest";
import { readBug } from "../../src/bugs/read_bug.ts";

const HEAD = "Summary: it is\n  wrong\nOrigin: own, RULES 1\nBreaks: I1, stale-page\nDriver: two-pass\nPlay: unmap\n";
const DIFF = "--- a/src/x.ts\n+++ b/src/x.ts\n@@ -1,1 +1,1 @@\n-right\n+wrong\n";

it("reads the head and the diff", () => {
  expect(readBug("wrong", `${HEAD}Scenario: mixed\nTLBs: 2\nFaults: lostAnswerPercent 50, spuriousPercent 5\n\n${DIFF}`)).toEqual(
    {
      name: "wrong",
      summary: "it is wrong",
      origin: "own, RULES 1",
      patch: DIFF,
      driver: "two-pass",
      scenario: "mixed",
      play: "unmap",
      breaks: ["I1", "join", "stale-access", "lost-data", "data-race frame.entries[]"],
      tlbDomains: 2,
      faults: { lostAnswerPercent: 50, spuriousPercent: 5 },
    },
  );
  expect(readBug("wrong", `${HEAD}\n${DIFF}`)).toMatchObject({ scenario: null });
});

it.each([
  ["Colour: red\n", 'bug wrong: "Colour: red" is no line of its head'],
  ["Play: fork\n", "bug wrong: two lines Play"],
  ["TLBs: 3\n", "bug wrong: TLBs: 3 is not 2"],
  ["Faults: often\n", 'bug wrong: Faults: "often" is not NAMEPercent NUMBER'],
])("refuses the head line %j", (line, message) => {
  expect(() => readBug("wrong", `${HEAD}${line}\n${DIFF}`)).toThrow(message);
});

it("misses what is not there", () => {
  expect(() => readBug("wrong", `${HEAD.replace("Play: unmap\n", "")}\n${DIFF}`)).toThrow("bug wrong: no line Play");
});
