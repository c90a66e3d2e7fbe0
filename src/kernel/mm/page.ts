import { cmpxchg, fetchAdd, fetchAnd, fetchOr, init, read, readOnce, storeRelease } from "../../machine/access.ts";
import { futexWait, futexWake } from "../../machine/futex.ts";
import { Page } from "../../machine/physical.ts";
import type { Run } from "../../machine/step.ts";
import { Word, type Ptr } from "../../machine/struct.ts";
import { trace } from "../../machine/tracepoint.ts";
import type { Current } from "../current.ts";
import { kernelEvents } from "../tracepoints.ts";
import { getMapping } from "./mapping.ts";

/** Bits of Page.flags. */
export const PG_LOCKED = 1;
/** Somebody sleeps until the page is unlocked. */
export const PG_WAITERS = 2;
/** Mapped since reclaim last looked: it gets a second chance. */
export const PG_REFERENCED = 4;
/** MADV_FREE: reclaim may drop the page instead of swapping it out, unless it was written to since. */
export const PG_LAZYFREE = 8;

export function* getPage(current: Current, pfn: number): Run<void> {
  yield* fetchAdd(current, current.kernel.mm.physical.page(pfn), Page.refcount, 1);
}

/** Take a reference on a page that may be free by now; false if it is. */
export function* getPageUnlessZero(current: Current, pfn: number): Run<boolean> {
  const page = current.kernel.mm.physical.page(pfn);
  for (;;) {
    const refcount = yield* readOnce(current, page, Page.refcount);
    if (refcount === 0) return false;
    if ((yield* cmpxchg(current, page, Page.refcount, refcount, refcount + 1)) === refcount) return true;
  }
}

/** Sleep until the page is not locked, or was not for a moment. */
export function* waitOnPageLocked(current: Current, pfn: number): Run<void> {
  const page = current.kernel.mm.physical.page(pfn);
  trace(current, kernelEvents.lockAcquired, page + Page.flags, 0, 0); // in passing: who waits for a lock might as well take it
  trace(current, kernelEvents.lockRelease, page + Page.flags, 0);
  if (((yield* readOnce(current, page, Page.flags)) & PG_LOCKED) === 0) return;
  const flags = (yield* fetchOr(current, page, Page.flags, PG_WAITERS)) | PG_WAITERS;
  if ((flags & PG_LOCKED) !== 0) yield* futexWait(current, page, Page.flags, flags);
}

export function* tryLockPage(current: Current, pfn: number): Run<boolean> {
  const page = current.kernel.mm.physical.page(pfn);
  if (((yield* fetchOr(current, page, Page.flags, PG_LOCKED)) & PG_LOCKED) !== 0) return false;
  trace(current, kernelEvents.lockAcquired, page + Page.flags, 0, 1);
  return true;
}

export function* unlockPage(current: Current, pfn: number): Run<void> {
  const page = current.kernel.mm.physical.page(pfn);
  trace(current, kernelEvents.lockRelease, page + Page.flags, 0);
  const flags = yield* fetchAnd(current, page, Page.flags, ~(PG_LOCKED | PG_WAITERS));
  if ((flags & PG_WAITERS) !== 0) yield* futexWake(current, page, Page.flags);
}

/** Tell where a fresh page belongs: from now on reclaim can find who maps it. Takes a reference on the mapping. */
export function* setPageMapping(current: Current, pfn: number, mapping: Ptr<"address_space">, index: number): Run<void> {
  const page = current.kernel.mm.physical.page(pfn);
  yield* getMapping(current, mapping);
  init(current, page, Page.index, index);
  yield* storeRelease(current, page, Page.mapping, mapping);
}

/** One more page-table entry leads to the page. */
export function* addRmap(current: Current, pfn: number): Run<void> {
  const page = current.kernel.mm.physical.page(pfn);
  yield* fetchAdd(current, page, Page.mapcount, 1);
  yield* fetchOr(current, page, Page.flags, PG_REFERENCED);
}

/** One page-table entry less leads to the page. */
export function* removeRmap(current: Current, pfn: number): Run<void> {
  yield* fetchAdd(current, current.kernel.mm.physical.page(pfn), Page.mapcount, -1);
}

/** Copy the content of a page that nobody writes to into one that nobody else can reach yet; word by word, as any copy. */
export function* copyPage(current: Current, from: number, to: number): Run<void> {
  const { physical } = current.kernel.mm;
  for (let word = 0; word < physical.dataWords; word++) {
    init(current, physical.entry(to, word), Word.value, yield* read(current, physical.entry(from, word), Word.value));
  }
}
