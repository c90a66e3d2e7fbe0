import { fetchAnd, loadAcquire, readOnce, writeOnce } from "../../machine/access.ts";
import { FRAME_SYSTEM, Page } from "../../machine/physical.ts";
import type { Run } from "../../machine/step.ts";
import { NULL, Word, type Ptr } from "../../machine/struct.ts";
import { trace } from "../../machine/tracepoint.ts";
import type { Current } from "../current.ts";
import { kernelEvents } from "../tracepoints.ts";
import { Mapping } from "./mapping.ts";
import { getPageUnlessZero, PG_REFERENCED, tryLockPage, unlockPage, waitOnPageLocked } from "./page.ts";
import { putPage } from "./page_alloc.ts";
import { tryToUnmap } from "./rmap.ts";
import { swapOutShmemPage } from "./shmem.ts";
import { swapAlloc, swapPut } from "./swap.ts";

/**
 * Reclaim: a clock over all frames. A page mapped since the hand last came by gets a second chance; any other is unmapped through
 * the reverse map, its content goes to swap, and its frame is freed. The caller may hold an mmap_lock; none is taken.
 */

/** Free up to `count` frames; returns how many were freed. May sleep in notifiers. */
export function* tryToFreePages(current: Current, count: number): Run<number> {
  return (yield* scan(current, count)).freed;
}

/**
 * One round of a reclaimer, direct or in the background (kswapd): free one frame. If others are just taking what there is to
 * take, wait until they are done with a page instead. False: there is nothing to take.
 */
export function* shrinkOnce(current: Current): Run<boolean> {
  const { freed, busyPfn } = yield* scan(current, 1);
  if (freed > 0) return true;
  if (busyPfn === 0) return false;
  yield* waitOnPageLocked(current, busyPfn);
  return true;
}

/** Two rounds of the clock at most. `busyPfn`: a page that somebody else had locked, or 0. */
function* scan(current: Current, count: number): Run<{ freed: number; busyPfn: number }> {
  const { frames } = current.kernel.mm.physical;
  trace(current, kernelEvents.reclaimBegin);
  let freed = 0;
  let busyPfn = 0;
  for (let looked = 0; looked < 2 * frames && freed < count;) {
    const { pfn, passed } = yield* advanceHand(current);
    looked += passed;
    const result = yield* shrinkFrame(current, pfn);
    if (result === FREED) freed++;
    if (result === BUSY) busyPfn = pfn;
  }
  trace(current, kernelEvents.reclaimEnd);
  return { freed, busyPfn };
}

const KEPT = 0;
const FREED = 1;
const BUSY = 2;

/**
 * The next frame for the hand of the clock, and how many it has `passed` to get there. Frames that do not look like pages of a
 * process are passed over in one go: whoever takes the frame looks again.
 */
function* advanceHand(current: Current): Run<{ pfn: number; passed: number }> {
  const { clockHand, physical } = current.kernel.mm;
  const from = (yield* readOnce(current, clockHand, Word.value)) >>> 0;
  let ahead = 0;
  while (
    ahead < physical.frames - 1 &&
    current.words[physical.page((from + ahead) % physical.frames) + Page.state] !== FRAME_SYSTEM
  )
    ahead++;
  // another reclaimer may have moved it: no matter
  yield* writeOnce(current, clockHand, Word.value, (from + ahead + 1) % physical.frames);
  return { pfn: (from + ahead) % physical.frames, passed: ahead + 1 };
}

/** Take this frame away from whoever has it, if it is a page of a process: KEPT, FREED, or BUSY if somebody else is at it. */
function* shrinkFrame(current: Current, pfn: number): Run<number> {
  const page = current.kernel.mm.physical.page(pfn);
  if ((yield* readOnce(current, page, Page.state)) !== FRAME_SYSTEM) return KEPT;
  if (((yield* fetchAnd(current, page, Page.flags, ~PG_REFERENCED)) & PG_REFERENCED) !== 0) return KEPT;
  if (!(yield* getPageUnlessZero(current, pfn))) return KEPT;
  const isLocked = yield* tryLockPage(current, pfn);
  if (isLocked) {
    yield* shrinkPage(current, pfn);
    yield* unlockPage(current, pfn);
  }
  const isFreed = yield* putPage(current, pfn);
  if (isFreed) return FREED;
  return isLocked ? KEPT : BUSY;
}

/** Unmap a page that we hold and have locked, and let go of what else keeps it. */
function* shrinkPage(current: Current, pfn: number): Run<void> {
  const page = current.kernel.mm.physical.page(pfn);
  if ((yield* readOnce(current, page, Page.state)) !== FRAME_SYSTEM) return; // freed and used anew before we held it
  const mapping = (yield* loadAcquire(current, page, Page.mapping)) as Ptr<"address_space">;
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
