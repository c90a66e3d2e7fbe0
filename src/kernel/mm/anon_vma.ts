import { init, loadAcquire, readOnce, storeRelease } from "../../machine/access.ts";
import { GFP_KERNEL } from "../../machine/slab.ts";
import type { Run } from "../../machine/step.ts";
import { embedded, NULL, type Ptr } from "../../machine/struct.ts";
import type { Current } from "../current.ts";
import { spinLock, spinUnlock } from "../locking/spinlock.ts";
import { linkVmaLocked, Mapping } from "./mapping.ts";
import { MmStruct } from "./mm_struct.ts";
import { VmAreaStruct, type Vma } from "./vma.ts";

/**
 * The mapping of a private VMA, made when its first page arrives; NULL if out of memory. mmap_lock held, perhaps only for read:
 * of several first faults one wins, under the page-table lock.
 */
export function* prepareAnonVma(current: Current, vma: Vma): Run<Ptr<"address_space">> {
  const { mappings } = current.kernel.mm;
  const known = (yield* loadAcquire(current, vma.ptr, VmAreaStruct.mapping)) as Ptr<"address_space">;
  if (known !== NULL) return known;
  const mapping = yield* mappings.alloc(current, GFP_KERNEL);
  if (mapping === NULL) return NULL as Ptr<"address_space">;
  init(current, mapping, Mapping.refcount, 1);
  const lock = embedded(vma.mm, MmStruct.pageTableLock);
  yield* spinLock(current, lock);
  const winner = (yield* readOnce(current, vma.ptr, VmAreaStruct.mapping)) as Ptr<"address_space">;
  if (winner === NULL) {
    yield* linkVmaLocked(current, { ...vma, mapping });
    yield* storeRelease(current, vma.ptr, VmAreaStruct.mapping, mapping);
  }
  yield* spinUnlock(current, lock);
  if (winner === NULL) return mapping;
  yield* mappings.free(current, mapping);
  return winner;
}
