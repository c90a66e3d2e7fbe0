import { touched } from "./calls.ts";
import type { Op } from "./workload.ts";

/** Are two calls about the same memory, so that their order matters? A heap is one piece. */
export function isSameMemory(a: Op, b: Op): boolean {
  if (a.space !== b.space) return false;
  if (a.call === "brk" || b.call === "brk") return a.call === b.call;
  return touched(a).some(([start, length]) =>
    touched(b).some(([otherStart, otherLength]) => start < otherStart + otherLength && otherStart < start + length),
  );
}
