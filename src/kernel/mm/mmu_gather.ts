import type { Run } from "../../machine/step.ts";
import type { Ptr } from "../../machine/struct.ts";
import type { Current } from "../current.ts";
import { flushTlbRange } from "./flush_tlb.ts";
import { putPage } from "./page_alloc.ts";

/** Pages whose entries are cleared, kept until the TLBs are flushed: only then may they be freed (RULES 77). */
export interface MmuGather {
  readonly mm: Ptr<"mm_struct">;
  readonly start: number;
  readonly end: number;
  readonly pfns: number[];
  /** Some entry was cleared, so there is something to flush. */
  isFlushNeeded: boolean;
}

/** Begin to clear entries of [start, end). */
export function gatherMmu(mm: Ptr<"mm_struct">, start: number, end: number): MmuGather {
  return { mm, start, end, pfns: [], isFlushNeeded: false };
}

/** Flush the CPUs' TLBs, then free the pages gathered. */
export function* finishMmu(current: Current, gather: MmuGather): Run<void> {
  if (gather.isFlushNeeded) yield* flushTlbRange(current, gather.mm, gather.start, gather.end);
  for (const pfn of gather.pfns) yield* putPage(current, pfn);
}
