import { fetchOr, readOnce } from "../../machine/access.ts";
import { TASK_SIZE } from "../../machine/pte.ts";
import type { Run } from "../../machine/step.ts";
import { embedded, type Ptr } from "../../machine/struct.ts";
import type { Current } from "../current.ts";
import { downReadTrylock, upRead } from "../locking/rwsem.ts";
import { mmuNotifierInvalidateRangeEnd, mmuNotifierInvalidateRangeStartNonblock } from "../mmu_notifier/invalidate.ts";
import { mmuNotifierRangeInit } from "../mmu_notifier/range.ts";
import { MMU_NOTIFY_CLEAR } from "../mmu_notifier/types.ts";
import { finishMmu, gatherMmu } from "./mmu_gather.ts";
import { MMF_OOM_SKIP, MMF_UNSTABLE, MmStruct } from "./mm_struct.ts";
import { VM_SHARED, vmasIn } from "./vma.ts";
import { zapRange } from "./zap.ts";

/**
 * Take the private pages of a process that is being killed for want of memory, without waiting for anything: neither mmap_lock
 * nor a notifier (RULES 27, 28). True if all is taken, or the process does it itself; false: come again. The process must not
 * rely on its memory from the first call on, it is going to die. The caller holds the structure (mmgrab).
 */
export function* oomReap(current: Current, mm: Ptr<"mm_struct">): Run<boolean> {
  const lock = embedded(mm, MmStruct.mmapLock);
  if (!(yield* downReadTrylock(current, lock))) return false;
  const isLeftToDo = ((yield* readOnce(current, mm, MmStruct.flags)) & MMF_OOM_SKIP) === 0;
  const isDone = !isLeftToDo || (yield* reap(current, mm));
  if (isLeftToDo && isDone) yield* fetchOr(current, mm, MmStruct.flags, MMF_OOM_SKIP);
  yield* upRead(current, lock);
  return isDone;
}

function* reap(current: Current, mm: Ptr<"mm_struct">): Run<boolean> {
  // A page that is gone must not come back as zeros: faults fail from now on.
  yield* fetchOr(current, mm, MmStruct.flags, MMF_UNSTABLE);
  let isDone = true;
  for (const { start, end, flags } of yield* vmasIn(current, mm, 0, TASK_SIZE)) {
    if ((flags & VM_SHARED) !== 0) continue; // others use it, and its content may be needed
    const range = mmuNotifierRangeInit(current, mm, start, end, MMU_NOTIFY_CLEAR);
    if ((yield* mmuNotifierInvalidateRangeStartNonblock(current, range)) !== 0) {
      isDone = false; // the start has been undone: there is no end (RULES 28)
      continue;
    }
    const gather = gatherMmu(mm, start, end);
    yield* zapRange(current, gather, start, end);
    yield* finishMmu(current, gather);
    yield* mmuNotifierInvalidateRangeEnd(current, range);
  }
  return isDone;
}
