import { write } from "../../machine/access.ts";
import type { Run } from "../../machine/step.ts";
import { NULL, type Ptr } from "../../machine/struct.ts";
import type { Current } from "../current.ts";
import { linkVmaLocked, unlinkVmaLocked } from "./mapping.ts";
import { freeVma } from "./vma_free.ts";
import { lockVmaMapping, unlockVmaMapping } from "./vma_lock.ts";
import { detachVma, pgoffOf, readVma, resizeVma, VmAreaStruct, vmaLookup, VM_SHARED, type Vma } from "./vma.ts";

/**
 * Join a VMA with its neighbours where they go on in the same way, so that many small changes do not leave many small VMAs.
 * Returns the VMA that covers it then. mmap_lock held for write.
 */
export function* mergeVma(current: Current, vma: Vma): Run<Vma> {
  let merged = vma;
  const prev = vma.start === 0 ? null : yield* vmaLookup(current, vma.mm, vma.start - 1);
  if (prev !== null && isMergeable(prev, merged)) merged = yield* join(current, prev, merged);
  const next = yield* vmaLookup(current, vma.mm, vma.end);
  if (next !== null && isMergeable(merged, next)) merged = yield* join(current, merged, next);
  return merged;
}

function isMergeable(left: Vma, right: Vma): boolean {
  if (left.end !== right.start || left.flags !== right.flags || pgoffOf(left, left.end) !== right.pgoff) return false;
  if (left.mapping === right.mapping) return true;
  return (left.flags & VM_SHARED) === 0 && (left.mapping === NULL || right.mapping === NULL);
}

/** Let `left` cover `right` too, and free `right`. If only one has a mapping, it becomes that of both. */
function* join(current: Current, left: Vma, right: Vma): Run<Vma> {
  const mapping: Ptr<"address_space"> = left.mapping === NULL ? right.mapping : left.mapping;
  const merged = { ...left, mapping };
  yield* lockVmaMapping(current, merged);
  yield* detachVma(current, right);
  yield* resizeVma(current, left, left.start, right.end, left.pgoff);
  if (left.mapping !== mapping) {
    yield* write(current, left.ptr, VmAreaStruct.mapping, mapping);
    yield* linkVmaLocked(current, merged);
  }
  if (right.mapping !== NULL) yield* unlinkVmaLocked(current, right); // not the last one: `left` is linked
  yield* unlockVmaMapping(current, merged);
  yield* freeVma(current, right);
  return yield* readVma(current, left.ptr);
}
