import { pageAlignUp } from "../../machine/pte.ts";
import type { Workload } from "./workload.ts";

/** Memory from address `start` up to, not including, `end`, in bytes, page-aligned. */
export interface Range {
  readonly space: number;
  readonly start: number;
  readonly end: number;
}

/**
 * What was mapped before a log begins: execve() maps a program's image, its interpreter and its first stack, and `%memory`
 * does not show execve(). Seen by the calls that succeed on memory which no call of the log has mapped: mprotect, madvise and
 * mremap would fail on a hole (munmap would not, and proves nothing).
 */
export function imageOf(workload: Workload): Range[] {
  const image: Range[] = [];
  const known = Array.from({ length: workload.spaces }, () => new KnownRanges());
  for (const op of workload.ops) {
    if (op.errno !== "") continue;
    const { space } = op;
    switch (op.call) {
      case "mmap":
        known[space].add(op.result, op.result + pageAlignUp(op.length));
        break;
      case "brk":
        known[space].growHeap(op.result);
        break;
      case "mremap":
      case "mprotect":
      case "madvise":
        for (const [start, end] of known[space].add(op.addr, op.addr + pageAlignUp(op.length))) image.push({ space, start, end });
        if (op.call === "mremap") known[space].add(op.result, op.result + pageAlignUp(op.newLength));
        break;
      case "munmap":
        break;
    }
  }
  return image;
}

type Interval = readonly [start: number, end: number];

/** Addresses of one space that some call has been about: disjoint intervals, in order. */
class KnownRanges {
  #intervals: Interval[] = [];
  #heap: number | null = null;

  /** Make [start, end) known; returns the parts of it that were not. */
  add(start: number, end: number): Interval[] {
    const gaps: Interval[] = [];
    let from = start;
    const touching = this.#intervals.filter(([low, high]) => low <= end && high >= start);
    for (const [low, high] of touching) {
      if (from < low) gaps.push([from, Math.min(low, end)]);
      from = Math.max(from, high);
    }
    if (from < end) gaps.push([from, end]);
    const merged: Interval = [Math.min(start, touching[0]?.[0] ?? start), Math.max(end, touching.at(-1)?.[1] ?? end)];
    const before = this.#intervals.filter(([, high]) => high < start);
    const after = this.#intervals.filter(([low]) => low > end);
    this.#intervals = [...before, merged, ...after];
    return gaps;
  }

  /** The heap reaches from the first break that was seen to the highest. */
  growHeap(brk: number): void {
    this.#heap ??= brk;
    if (brk > this.#heap) this.add(this.#heap, pageAlignUp(brk));
  }
}
