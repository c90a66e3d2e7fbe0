import { NULL, type Ptr } from "../../machine/struct.ts";
import type { Current } from "../current.ts";
import type { MmuNotifierRange } from "./types.ts";

const ULONG_MAX = 2n ** 64n - 1n;

/**
 * A range [start, end) of `mm` (bytes) to be invalidated because of `event` (MMU_NOTIFY_*). `owner`: who migrates or
 * takes exclusive access, so that its own notifiers may look away (RULES 13).
 */
export function mmuNotifierRangeInit(
  current: Current,
  mm: Ptr<"mm_struct">,
  start: number | bigint,
  end: number | bigint,
  event: number,
  owner = 0,
): MmuNotifierRange {
  return { mm, start: BigInt(start), end: BigInt(end), event, owner, blockable: true, id: ++current.ranges, unfinished: NULL };
}

/** The last byte of the range. Wraps: an `end` of 0 means up to the last byte of all. */
export function lastOf(range: MmuNotifierRange): bigint {
  return (range.end - 1n) & ULONG_MAX;
}
