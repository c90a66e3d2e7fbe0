import { expect, it } from "vitest";
import { foldLoops, leaveOut } from "../../../src/hunt/explain/story_length.ts";
import type { StoryEvent } from "../../../src/hunt/explain/finding.ts";

/** Events of one step each: a letter is an event. */
function events(letters: string): StoryEvent[] {
  return [...letters].map((text, index) => ({
    first: index + 1,
    last: index + 1,
    column: 0,
    task: "cpu0",
    text,
    details: [],
    isWrong: index === letters.length - 1,
    times: 1,
    isAside: false,
  }));
}

const brief = (told: readonly StoryEvent[]) => told.map(({ text, times }) => text + (times > 1 ? times : "")).join(" ");

it.each([
  ["abc", "a b c"],
  ["aaaab", "a4 b"],
  ["xababab", "x a3 b3"],
  ["xabcabcy", "x a2 b2 c2 y"],
  ["aba", "a b a"],
])("folds %s to %s", (letters, folded) => {
  expect(brief(foldLoops(events(letters)))).toBe(folded);
});

it("keeps the last step and what is wrong with it when it folds", () => {
  expect(foldLoops(events("abab"))).toMatchObject([
    { first: 1, last: 3, isWrong: false },
    { first: 2, last: 4, isWrong: true },
  ]);
});

it("loses the middle of a long story, but nothing that is needed", () => {
  const long = events(Array.from({ length: 500 }, (_, i) => String.fromCodePoint(0x4e00 + i)).join(""));
  const told = leaveOut(long, new Set([200]));
  expect(told.length).toBe(103);
  expect(told[29].first).toBe(30);
  expect(told[30]).toMatchObject({ first: 31, last: 199, text: "... steps 31 to 199 are left out", isAside: true });
  expect(told[31]).toMatchObject({ first: 200, last: 200 });
  expect(told.at(-1)).toMatchObject({ last: 500, isWrong: true });
});

it("leaves a short story alone", () => {
  expect(leaveOut(events("abc"), new Set())).toEqual(events("abc"));
});
