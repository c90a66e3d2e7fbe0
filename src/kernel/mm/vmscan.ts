import { fetchAdd, fetchAnd, readOnce } from "../../machine/access.ts";
import { FRAME_SYSTEM, Page } from "../../machine/physical.ts";
import type { Run } from "../../machine/step.ts";
import { NULL, Word, type Ptr } from "../../machine/struct.ts";
import type { Current } from "../current.ts";
import { Mapping } from "./mapping.ts";
import { getPageUnlessZero, PG_REFERENCED, tryLockPage, unlockPage } from "./page.ts";
import { putPage } from "./page_alloc.ts";
import { tryToUnmap } from "./rmap.ts";
import { swapOutShmemPage } from "./shmem.ts";
import { swapAlloc, swapPut } from "./swap.ts";

/**
 * Reclaim: a clock over all frames. A page mapped since the hand last came by gets a second chance; any other is unmapped through the
 * reverse map, its content goes to swap, and its frame is freed. The caller may hold an mmap_lock; none is taken.
 */

/** Free up to `count` frames; returns how many were freed. May sleep in notifiers. */
export function* tryToFreePages(current: Current, count: number): Run<number> {
  const { frames } = current.kernel.mm.physical;
  let freed = 0;
  for (let looked = 0; looked < 2 * frames && freed < count; looked++) {
    if (yield* shrinkFrame(current, yield* advanceHand(current))) freed++;
  }
  return freed;
}

/** One round of a background reclaimer (kswapd): free one frame; false if there is none to free. */
export function* shrinkOnce(current: Current): Run<boolean> {
  return (yield* tryToFreePages(current, 1)) > 0;
}

/** The frame under the hand of the clock, which goes on to the next. */
function* advanceHand(current: Current): Run<number> {
  const { clockHand, physical } = current.kernel.mm;
  return ((yield* fetchAdd(current, clockHand, Word.value, 1)) >>> 0) % physical.frames;
}

/** Take this frame away from whoever has it, if it is a page of a process; true if it is free now. */
function* shrinkFrame(current: Current, pfn: number): Run<boolean> {
  const page = current.kernel.mm.physical.page(pfn);
  if ((yield* readOnce(current, page, Page.state)) !== FRAME_SYSTEM) return false;
  if (((yield* fetchAnd(current, page, Page.flags, ~PG_REFERENCED)) & PG_REFERENCED) !== 0) return false;
  if (!(yield* getPageUnlessZero(current, pfn))) return false;
  if (yield* tryLockPage(current, pfn)) {
    yield* shrinkPage(current, pfn);
    yield* unlockPage(current, pfn);
  }
  return yield* putPage(current, pfn);
}

/** Unmap a page that we hold and have locked, and let go of what else keeps it. */
function* shrinkPage(current: Current, pfn: number): Run<void> {
  const page = current.kernel.mm.physical.page(pfn);
  if ((yield* readOnce(current, page, Page.state)) !== FRAME_SYSTEM) return; // freed and used anew before we held it
  const mapping = (yield* readOnce(current, page, Page.mapping)) as Ptr<"address_space">;
  if (mapping === NULL) return; // somebody is just about to use it
  const index = (yield* readOnce(current, page, Page.index)) >>> 0;
  const isPrivate = (yield* readOnce(current, mapping, Mapping.levels)) === 0;
  const slot = yield* swapAlloc(current);
  if (isPrivate || slot >= 0) {
    yield* tryToUnmap(current, { pfn, mapping, index, slot, isPrivate });
    if (!isPrivate && (yield* swapOutShmemPage(current, mapping, index, pfn, slot))) {
      yield* putPage(current, pfn); // the reference of the mapping's tree
      return; // and our count of the slot is the tree's now
    }
  }
  if (slot >= 0) yield* swapPut(current, slot);
}
