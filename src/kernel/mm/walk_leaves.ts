import type { Run } from "../../machine/step.ts";
import type { Ptr } from "../../machine/struct.ts";
import type { Current } from "../current.ts";
import { lockLeaf, nextBoundary, unlockLeaf, visitLeaf } from "./page_table.ts";

/** Work on a leaf table's entries for [va, end). Its lock is held, and all of it was looked at: see peekPte. */
export type LeafWork = (table: number, va: number, end: number) => Run<void>;

/** All leaf tables that [start, end) has, one after the other, each under its lock. */
export function* walkLeaves(current: Current, mm: Ptr<"mm_struct">, start: number, end: number, work: LeafWork): Run<void> {
  for (let va = start; va < end;) {
    const table = yield* lockLeaf(current, mm, va);
    if (table < 0) {
      va = nextBoundary(va, -table);
      continue;
    }
    yield* visitLeaf(current, table);
    const tableEnd = Math.min(end, nextBoundary(va, 1));
    yield* work(table, va, tableEnd);
    yield* unlockLeaf(current, table);
    va = tableEnd;
  }
}
