import { cmpxchg, fetchAdd, readOnce } from "../../machine/access.ts";
import type { Run } from "../../machine/step.ts";
import type { Ptr } from "../../machine/struct.ts";
import { trace } from "../../machine/tracepoint.ts";
import type { Current } from "../current.ts";
import { mmuNotifierSubscriptionsDestroy } from "../mmu_notifier/subscriptions.ts";
import { kernelEvents } from "../tracepoints.ts";
import { exitMmap } from "./exit_mmap.ts";
import { MmStruct } from "./mm_struct.ts";
import { putPage } from "./page_alloc.ts";

/**
 * The two counts of an address space. Users (`mmUsers`) may use its addresses; with the last one all mappings go. Whoever counts
 * in `mmCount` may look at the structure, perhaps of a process long gone; all users together are one of them.
 */

/** Keep the structure. */
export function* mmgrab(current: Current, mm: Ptr<"mm_struct">): Run<void> {
  yield* fetchAdd(current, mm, MmStruct.mmCount, 1);
}

/** Let go of the structure; the last one frees it. */
export function* mmdrop(current: Current, mm: Ptr<"mm_struct">): Run<void> {
  if ((yield* fetchAdd(current, mm, MmStruct.mmCount, -1)) !== 1) return;
  trace(current, kernelEvents.mmDestroy, mm);
  yield* mmuNotifierSubscriptionsDestroy(current, mm);
  yield* putPage(current, yield* readOnce(current, mm, MmStruct.pgd));
  yield* current.kernel.mm.mmStructs.free(current, mm);
}

/** One more user, of an address space that has one. */
export function* mmget(current: Current, mm: Ptr<"mm_struct">): Run<void> {
  yield* fetchAdd(current, mm, MmStruct.mmUsers, 1);
}

/** Become a user; false if the last one has gone. The structure itself must be kept (see {@link mmgrab}). */
export function* mmgetNotZero(current: Current, mm: Ptr<"mm_struct">): Run<boolean> {
  for (;;) {
    const users = yield* readOnce(current, mm, MmStruct.mmUsers);
    if (users === 0) return false;
    if ((yield* cmpxchg(current, mm, MmStruct.mmUsers, users, users + 1)) === users) return true;
  }
}

/** One user less; with the last one the process is over and all its mappings go. */
export function* mmput(current: Current, mm: Ptr<"mm_struct">): Run<void> {
  if ((yield* fetchAdd(current, mm, MmStruct.mmUsers, -1)) !== 1) return;
  trace(current, kernelEvents.mmExit, mm);
  yield* exitMmap(current, mm);
  yield* mmdrop(current, mm);
}
