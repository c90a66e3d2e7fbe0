import { describe, expect, it } from "vitest";
import { CHOICE, READ_ONCE, stepOf, WRITE_ONCE } from "../../../../../src/machine/step.ts";
import {
  canBeFirst,
  isAsleep,
  isCovered,
  NO,
  NOT_ASKED,
  stillAsleep,
  YES,
  type Answer,
  type Letter,
} from "../../../../../src/executor/explorer/strategy/dpor/letter.ts";
import { insert, type Branch } from "../../../../../src/executor/explorer/strategy/dpor/wakeup_tree.ts";

const X = 1;
const Y = 2;

function reads(thread: number, addr: number): Letter {
  return { thread, step: stepOf(READ_ONCE, addr), wrote: false, fatal: false, answer: NOT_ASKED };
}

function writes(thread: number, addr: number): Letter {
  return { thread, step: stepOf(WRITE_ONCE, addr), wrote: true, fatal: false, answer: NOT_ASKED };
}

function chooses(thread: number, answer: Answer): Letter {
  return { thread, step: stepOf(CHOICE, 0), wrote: false, fatal: false, answer };
}

describe("a letter", () => {
  it("can come first if it is there and nothing before it clashes, or if it is not there and nothing clashes", () => {
    expect(canBeFirst(reads(1, X), [writes(2, Y), reads(1, X)])).toBe(true);
    expect(canBeFirst(reads(1, X), [writes(2, X), reads(1, X)])).toBe(false);
    expect(canBeFirst(reads(1, X), [reads(2, X)])).toBe(true);
    expect(canBeFirst(reads(1, X), [writes(2, X)])).toBe(false);
  });

  it("that fails clashes with everything", () => {
    expect(canBeFirst({ ...reads(1, X), fatal: true }, [reads(2, Y)])).toBe(false);
  });

  it("of chance covers only words in which chance answers the same; both answers together cover those that do not tell", () => {
    expect(canBeFirst(chooses(1, NO), [chooses(1, NO)])).toBe(true);
    expect(canBeFirst(chooses(1, NO), [chooses(1, YES)])).toBe(false);
    expect(isCovered([chooses(1, NO)], [writes(2, X)])).toBe(false);
    expect(isCovered([chooses(1, NO), chooses(1, YES)], [writes(2, X)])).toBe(true);
    expect(isAsleep(1, [chooses(1, NO)])).toBe(false);
    expect(isAsleep(1, [chooses(1, NO), chooses(1, YES)])).toBe(true);
  });

  it("sleeps until something clashes with it", () => {
    const asleep = [reads(1, X), reads(2, Y)];
    expect(stillAsleep(asleep, reads(3, X))).toBe(asleep);
    expect(stillAsleep(asleep, writes(3, X))).toEqual([reads(2, Y)]);
    expect(stillAsleep(asleep, writes(2, Y))).toEqual([reads(1, X)]);
  });
});

describe("a wake-up tree", () => {
  const words = (tree: readonly Branch[]): number[][] =>
    tree.flatMap(({ letter, branches }) =>
      branches.length === 0 ? [[letter.thread]] : words(branches).map((rest) => [letter.thread].concat(rest)),
    );

  it("takes a word that no leaf covers, sharing what can come first", () => {
    const tree: Branch[] = [];
    insert(tree, [reads(1, X), writes(2, Y)]);
    insert(tree, [reads(1, X), reads(3, Y)]);
    expect(words(tree)).toEqual([
      [1, 2],
      [1, 3],
    ]);
  });

  it("leaves out a word that a leaf covers", () => {
    const tree: Branch[] = [];
    insert(tree, [reads(1, X)]);
    insert(tree, [reads(2, X)]);
    insert(tree, [writes(3, Y), reads(1, X)]);
    expect(words(tree)).toEqual([[1]]);
  });

  it("puts a word below both answers of chance if it does not tell which one", () => {
    const tree: Branch[] = [];
    insert(tree, [chooses(1, NO), writes(2, Y)]);
    insert(tree, [chooses(1, YES), writes(2, Y)]);
    insert(tree, [reads(3, Y)]);
    expect(words(tree)).toEqual([
      [1, 2],
      [1, 3],
      [1, 2],
      [1, 3],
    ]);
  });
});
