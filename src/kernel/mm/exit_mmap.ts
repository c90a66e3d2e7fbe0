import { fetchOr } from "../../machine/access.ts";
import { TASK_SIZE } from "../../machine/pte.ts";
import type { Run } from "../../machine/step.ts";
import { embedded, type Ptr } from "../../machine/struct.ts";
import type { Current } from "../current.ts";
import { downRead, downWrite, upRead, upWrite } from "../locking/rwsem.ts";
import { mmuNotifierInvalidateRangeEnd, mmuNotifierInvalidateRangeStart } from "../mmu_notifier/invalidate.ts";
import { mmuNotifierRangeInit } from "../mmu_notifier/range.ts";
import { mmuNotifierRelease } from "../mmu_notifier/release.ts";
import { MMU_NOTIFY_UNMAP } from "../mmu_notifier/types.ts";
import { freePgtables } from "./free_pgtables.ts";
import { finishMmu, gatherMmu } from "./mmu_gather.ts";
import { MMF_OOM_SKIP, MmStruct } from "./mm_struct.ts";
import { freeVma, unlinkVma } from "./vma_free.ts";
import { detachVma, vmasIn } from "./vma.ts";
import { zapRange } from "./zap.ts";

/**
 * The last user is gone: tell the notifiers that it is over, unmap everything, free the VMAs and tables. The OOM reaper may be at
 * work, so the pages go under mmap_lock for read, and the VMAs only once it has been told that there is nothing left for it.
 */
export function* exitMmap(current: Current, mm: Ptr<"mm_struct">): Run<void> {
  const lock = embedded(mm, MmStruct.mmapLock);
  yield* mmuNotifierRelease(current, mm);
  yield* downRead(current, lock);
  const vmas = yield* vmasIn(current, mm, 0, TASK_SIZE);
  const range = mmuNotifierRangeInit(current, mm, 0, TASK_SIZE, MMU_NOTIFY_UNMAP);
  yield* mmuNotifierInvalidateRangeStart(current, range);
  const gather = gatherMmu(mm, 0, TASK_SIZE);
  for (const vma of vmas) yield* zapRange(current, gather, vma.start, vma.end);
  yield* finishMmu(current, gather);
  yield* mmuNotifierInvalidateRangeEnd(current, range);
  yield* upRead(current, lock);

  yield* fetchOr(current, mm, MmStruct.flags, MMF_OOM_SKIP);
  yield* downWrite(current, lock);
  for (const vma of vmas) {
    yield* detachVma(current, vma);
    yield* unlinkVma(current, vma);
  }
  yield* freePgtables(current, mm, 0, TASK_SIZE);
  for (const vma of vmas) yield* freeVma(current, vma);
  yield* upWrite(current, lock);
}
