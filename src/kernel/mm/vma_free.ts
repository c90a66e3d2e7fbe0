import type { Run } from "../../machine/step.ts";
import { NULL } from "../../machine/struct.ts";
import type { Current } from "../current.ts";
import { putMapping, unlinkVmaLocked } from "./mapping.ts";
import { Mapping } from "./mapping.ts";
import { readOnce } from "../../machine/access.ts";
import { truncateShmem } from "./shmem.ts";
import { lockVmaMapping, unlockVmaMapping } from "./vma_lock.ts";
import type { Vma } from "./vma.ts";

/** Take a VMA out of the reverse map: reclaim will not come through it any more. The last one gives up the mapping. */
export function* unlinkVma(current: Current, vma: Vma): Run<void> {
  if (vma.mapping === NULL) return;
  yield* lockVmaMapping(current, vma);
  const isLast = yield* unlinkVmaLocked(current, vma);
  yield* unlockVmaMapping(current, vma);
  if (!isLast) return;
  if ((yield* readOnce(current, vma.mapping, Mapping.root)) !== 0) yield* truncateShmem(current, vma.mapping);
  yield* putMapping(current, vma.mapping);
}

/** Free a VMA that is in no tree and not linked. */
export function* freeVma(current: Current, vma: Vma): Run<void> {
  yield* current.kernel.mm.vmas.free(current, vma.ptr);
}
