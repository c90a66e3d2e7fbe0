import { PAGE_SIZE } from "../machine/pte.ts";
import { dice } from "../scenario/dice.ts";
import type { Intervals, Tree } from "./interval_trees.ts";

/** Notifiers as a process with many buffers has them, and what is asked of them; the same forevery tree. */
export interface NotifierLoad {
  readonly intervals: Intervals;
  /** All notifiers once each, shuffled. */
  readonly insertOrder: readonly number[];
  readonly removeOrder: readonly number[];
  /** Addresses. */
  readonly stabs: readonly number[];
  /** First bytes of ranges. */
  readonly ranges: readonly number[];
}

const BASE = 0x7f00_0000_0000;
/** Notifiers lie this far apart on average, and are up to three times as long: an address is in one or two of them. */
const SPACING_PAGES = 32;
/** Length of a range that is asked for. */
const RANGE_BYTES = 128 * PAGE_SIZE;
const QUERIES = 10_000;

export function notifierLoad(count: number): NotifierLoad {
  const random = dice(1, 0);
  const space = count * SPACING_PAGES;
  const page = () => BASE + random.below(space) * PAGE_SIZE;
  const starts = Array.from({ length: count }, page);
  const lasts = starts.map((start) => start + (1 + random.below(3 * SPACING_PAGES)) * PAGE_SIZE - 1);
  const shuffled = () =>
    shuffle(
      Array.from({ length: count }, (_, i) => i),
      random.below,
    );
  return {
    intervals: { starts, lasts },
    insertOrder: shuffled(),
    removeOrder: shuffled(),
    stabs: Array.from({ length: QUERIES }, page),
    ranges: Array.from({ length: QUERIES }, page),
  };
}

export const OPERATIONS = ["insert", "remove", "stab", "range"] as const;
export type Operation = (typeof OPERATIONS)[number];

/** Do all of one kind, in this order: insert everything, ask, remove everything. How many there were, and matches found. */
export function perform(
  operation: Operation,
  tree: Tree,
  load: NotifierLoad,
): { readonly operations: number; readonly matches: number } {
  let matches = 0;
  switch (operation) {
    case "insert":
      for (const i of load.insertOrder) tree.insert(i);
      return { operations: load.insertOrder.length, matches };
    case "remove":
      for (const i of load.removeOrder) tree.remove(i);
      return { operations: load.removeOrder.length, matches };
    case "stab":
      for (const at of load.stabs) matches += tree.query(at, at);
      return { operations: load.stabs.length, matches };
    case "range":
      for (const start of load.ranges) matches += tree.query(start, start + RANGE_BYTES - 1);
      return { operations: load.ranges.length, matches };
  }
}

function shuffle(items: number[], below: (bound: number) => number): number[] {
  for (let i = items.length - 1; i > 0; i--) {
    const j = below(i + 1);
    [items[i], items[j]] = [items[j], items[i]];
  }
  return items;
}
