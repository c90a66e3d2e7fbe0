import { fetchAdd, init, writeOnce } from "../../machine/access.ts";
import { freelistPop, freelistPush } from "../../machine/freelist.ts";
import { FRAME_FREE, FRAME_GPU_PAGE_TABLE, FRAME_PAGE_TABLE, Page } from "../../machine/physical.ts";
import { PTRS_PER_TABLE } from "../../machine/pte.ts";
import { GFP_KERNEL, type Gfp } from "../../machine/slab.ts";
import type { Run } from "../../machine/step.ts";
import { NULL, type Ptr } from "../../machine/struct.ts";
import { trace } from "../../machine/tracepoint.ts";
import { machineEvents } from "../../machine/tracepoints.ts";
import type { Current } from "../current.ts";
import { kernelEvents } from "../tracepoints.ts";
import { putMapping } from "./mapping.ts";

/** Fills freed frames. As a page-table entry it is not present, so that whoever still walks a freed table ends there. */
export const POISON_FRAME = 0x6a6a6a6a;

/** How often an allocation asks reclaim, in case others take what it frees. */
const MAX_RECLAIM_RETRIES = 16;

/**
 * A zeroed frame with one reference; `state` is one of FRAME_SYSTEM, FRAME_PAGE_TABLE, FRAME_GPU_PAGE_TABLE.
 * -1: out of memory. GFP_KERNEL reclaims first and may sleep in notifiers.
 */
export function* allocPage(current: Current, gfp: Gfp, state: number): Run<number> {
  const { mm } = current.kernel;
  trace(current, machineEvents.mightAlloc, gfp);
  let index = yield* freelistPop(current, mm.freeFrames, mm.frameLink);
  for (let retries = 0; index < 0 && gfp === GFP_KERNEL && retries < MAX_RECLAIM_RETRIES; retries++) {
    if (mm.shrinker === null || !(yield* mm.shrinker(current))) break;
    index = yield* freelistPop(current, mm.freeFrames, mm.frameLink);
  }
  if (index < 0) return -1;
  const pfn = index + 1;
  const page = mm.physical.page(pfn);
  const content = mm.physical.content(pfn);
  current.words.fill(0, content, content + wordsInUse(current, state));
  init(current, page, Page.flags, 0);
  yield* writeOnce(current, page, Page.state, state);
  yield* writeOnce(current, page, Page.refcount, 1); // from here on the clock hand of reclaim may touch it
  trace(current, kernelEvents.pageAlloc, pfn, current.words[page + Page.generation], state);
  return pfn;
}

/** Drop a reference; the last one frees the frame. True if it did. */
export function* putPage(current: Current, pfn: number): Run<boolean> {
  const { mm } = current.kernel;
  const page = mm.physical.page(pfn);
  if ((yield* fetchAdd(current, page, Page.refcount, -1)) !== 1) return false;
  const state = current.words[page + Page.state];
  const mapping = current.words[page + Page.mapping] as Ptr<"address_space">;
  trace(current, kernelEvents.pageFree, pfn, current.words[page + Page.generation], state);
  current.words[page + Page.generation]++; // nobody else has a reference
  const content = mm.physical.content(pfn);
  current.words.fill(POISON_FRAME, content, content + wordsInUse(current, state));
  init(current, page, Page.mapping, NULL);
  yield* writeOnce(current, page, Page.state, FRAME_FREE);
  if (mapping !== NULL) yield* putMapping(current, mapping);
  yield* freelistPush(current, mm.freeFrames, mm.frameLink, pfn - 1);
  return true;
}

function wordsInUse(current: Current, state: number): number {
  const isTable = state === FRAME_PAGE_TABLE || state === FRAME_GPU_PAGE_TABLE;
  return isTable ? PTRS_PER_TABLE : current.kernel.mm.physical.dataWords;
}
