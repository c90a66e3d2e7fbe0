import type { Op } from "./workload.ts";

/** Are two calls about the same memory, so that their order matters? Heaps are one piece. */
export function isSameMemory(a: Op, b: Op): boolean {
  if (a.space !== b.space) return false;
  if (a.call === "brk" || b.call === "brk") return a.call === b.call;
  return ranges(a).some(([start, end]) => ranges(b).some(([otherStart, otherEnd]) => start < otherEnd && otherStart < end));
}

/** What a call works on: first byte and end of each range. What mmap was given is only a wish. */
function ranges(op: Op): [start: number, end: number][] {
  switch (op.call) {
    case "mmap":
      return [[op.result, op.result + op.length]];
    case "mremap":
      return [[op.addr, op.addr + op.length], [op.result, op.result + op.newLength]];
    default:
      return [[op.addr, op.addr + op.length]];
  }
}
