import { fetchAdd, init, read, write } from "../../machine/access.ts";
import type { Run } from "../../machine/step.ts";
import { embedded, NULL, struct, u32, type Ptr } from "../../machine/struct.ts";
import { Rwsem } from "../locking/rwsem.ts";
import { downWrite, upWrite } from "../locking/rwsem.ts";
import { Spinlock } from "../locking/spinlock.ts";
import type { Current } from "../current.ts";
import { peekVma, VmAreaStruct, type Vma } from "./vma.ts";

/**
 * What a page belongs to, and through which reclaim finds the page tables that map it (the reverse map): an `anon_vma` if
 * private, shared by a process and its forks, or the `address_space` of shared memory, which also holds its pages.
 *
 * The VMAs linked to it are its users. Its pages refer to it too, for as long as somebody holds them, so that reclaim,
 * which holds a page and nothing else, can go from the page to its mapping.
 */
export const Mapping = struct("address_space", {
  /** Pages that refer to it, and one for all its users together. */
  refcount: u32,
  /** Guards the list of VMAs and, for reclaim, their extents. */
  rwsem: Rwsem,
  firstVma: u32,
  /** VMAs on the list. */
  users: u32,
  /** Frame of the root of the tree of pages of shared memory; 0 for an anon_vma. */
  root: u32,
  /** Levels of that tree. */
  levels: u32,
  /** Pages that the shared memory has at most. */
  pages: u32,
  /** Guards that tree. */
  treeLock: Spinlock,
});

/** A page refers to the mapping from now on. */
export function* getMapping(current: Current, mapping: Ptr<"address_space">): Run<void> {
  yield* fetchAdd(current, mapping, Mapping.refcount, 1);
}

/** A page, or all VMAs together, refer to it no more. */
export function* putMapping(current: Current, mapping: Ptr<"address_space">): Run<void> {
  if ((yield* fetchAdd(current, mapping, Mapping.refcount, -1)) === 1) yield* current.kernel.mm.mappings.free(current, mapping);
}

/** Link a VMA, whose `mapping` is set, to its mapping. */
export function* linkVma(current: Current, vma: Vma): Run<void> {
  const rwsem = embedded(vma.mapping, Mapping.rwsem);
  yield* downWrite(current, rwsem);
  yield* linkVmaLocked(current, vma);
  yield* upWrite(current, rwsem);
}

/** {@link linkVma} with the mapping's rwsem held for write, or before anybody else knows the mapping. */
export function* linkVmaLocked(current: Current, { ptr, mapping }: Vma): Run<void> {
  const first = (yield* read(current, mapping, Mapping.firstVma)) as Ptr<"vm_area_struct">;
  init(current, ptr, VmAreaStruct.mappingPrev, NULL);
  init(current, ptr, VmAreaStruct.mappingNext, first);
  if (first !== NULL) yield* write(current, first, VmAreaStruct.mappingPrev, ptr);
  yield* write(current, mapping, Mapping.firstVma, ptr);
  yield* write(current, mapping, Mapping.users, (yield* read(current, mapping, Mapping.users)) + 1);
}

/** Unlink a VMA with the mapping's rwsem held for write; true if it was the last. */
export function* unlinkVmaLocked(current: Current, { ptr, mapping }: Vma): Run<boolean> {
  const next = (yield* read(current, ptr, VmAreaStruct.mappingNext)) as Ptr<"vm_area_struct">;
  const prev = (yield* read(current, ptr, VmAreaStruct.mappingPrev)) as Ptr<"vm_area_struct">;
  if (next !== NULL) yield* write(current, next, VmAreaStruct.mappingPrev, prev);
  if (prev !== NULL) yield* write(current, prev, VmAreaStruct.mappingNext, next);
  else yield* write(current, mapping, Mapping.firstVma, next);
  const users = (yield* read(current, mapping, Mapping.users)) - 1;
  yield* write(current, mapping, Mapping.users, users);
  return users === 0;
}

/** The VMAs linked to the mapping. Its rwsem held. */
export function* vmasOf(current: Current, mapping: Ptr<"address_space">): Run<Vma[]> {
  const vmas: Vma[] = [];
  let ptr = (yield* read(current, mapping, Mapping.firstVma)) as Ptr<"vm_area_struct">;
  while (ptr !== NULL) {
    const next = (yield* read(current, ptr, VmAreaStruct.mappingNext)) as Ptr<"vm_area_struct">;
    vmas.push(peekVma(current.words, ptr));
    ptr = next;
  }
  return vmas;
}
