import { init, initAddr } from "../../machine/access.ts";
import { FRAME_PAGE_TABLE } from "../../machine/physical.ts";
import { GFP_KERNEL } from "../../machine/slab.ts";
import type { Run } from "../../machine/step.ts";
import { NULL, type Ptr } from "../../machine/struct.ts";
import { trace } from "../../machine/tracepoint.ts";
import type { Current } from "../current.ts";
import { kernelEvents } from "../tracepoints.ts";
import { MmStruct } from "./mm_struct.ts";
import { allocPage } from "./page_alloc.ts";

/** Where the heap of a process begins. */
export const START_BRK = 0x5555_5575_6000;

/** An empty address space with one user; NULL if out of memory. */
export function* mmAlloc(current: Current): Run<Ptr<"mm_struct">> {
  const { mmStructs } = current.kernel.mm;
  const mm = yield* mmStructs.alloc(current, GFP_KERNEL);
  if (mm === NULL) return mm;
  const pgd = yield* allocPage(current, GFP_KERNEL, FRAME_PAGE_TABLE);
  if (pgd < 0) {
    yield* mmStructs.free(current, mm);
    return NULL as Ptr<"mm_struct">;
  }
  init(current, mm, MmStruct.mmUsers, 1);
  init(current, mm, MmStruct.mmCount, 1);
  init(current, mm, MmStruct.pgd, pgd);
  initAddr(current, mm, MmStruct.startBrk, START_BRK);
  initAddr(current, mm, MmStruct.brk, START_BRK);
  trace(current, kernelEvents.mmCreate, mm);
  return mm;
}
