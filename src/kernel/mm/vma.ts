import { init, peekAddr, pokeAddr, touch, visit, write } from "../../machine/access.ts";
import type { Run } from "../../machine/step.ts";
import { containerOf, embedded, NULL, struct, u32, type Ptr } from "../../machine/struct.ts";
import { PAGE_SIZE, TASK_SIZE } from "../../machine/pte.ts";
import type { Current } from "../current.ts";
import {
  IntervalTreeNode,
  intervalTreeInsert,
  intervalTreeIterFirst,
  intervalTreeQuery,
  intervalTreeRemove,
} from "../interval_tree.ts";
import { MmStruct } from "./mm_struct.ts";

/** The lowest three bits are PROT_READ, PROT_WRITE and PROT_EXEC. */
export const VM_READ = 1;
export const VM_WRITE = 2;
export const VM_EXEC = 4;
export const VM_SHARED = 8;

/**
 * A virtual memory area. Its extent, offset and flags change under mmap_lock for write, and while it is linked to a mapping
 * also under that mapping's rwsem, since reclaim reads them through the reverse map without mmap_lock.
 */
export const VmAreaStruct = struct("vm_area_struct", {
  /** Place in the mm's tree: first and last byte. */
  node: IntervalTreeNode,
  vmMm: u32,
  /** VM_* */
  vmFlags: u32,
  /** Offset of the first page in the mapping, in pages modulo 2^32. */
  vmPgoff: u32,
  /** The `address_space` (shared) or `anon_vma` (private, 0 until the first page is there). */
  mapping: u32,
  mappingNext: u32,
  mappingPrev: u32,
});

/** What a VMA was when it was looked at; true for as long as the lock is held under which that was. */
export interface Vma {
  readonly ptr: Ptr<"vm_area_struct">;
  readonly mm: Ptr<"mm_struct">;
  /** First byte. */
  readonly start: number;
  /** One past the last byte. */
  readonly end: number;
  readonly flags: number;
  readonly pgoff: number;
  readonly mapping: Ptr<"address_space">;
}

/** Look at a VMA: one step. */
export function* readVma(current: Current, ptr: Ptr<"vm_area_struct">): Run<Vma> {
  yield* visit(current, ptr);
  return peekVma(current.words, ptr);
}

/** {@link readVma} without a step: reports, a VMA that a search has just visited. */
export function peekVma(words: Int32Array, ptr: Ptr<"vm_area_struct">): Vma {
  const node = embedded(ptr, VmAreaStruct.node);
  return {
    ptr,
    mm: words[ptr + VmAreaStruct.vmMm] as Ptr<"mm_struct">,
    start: peekAddr(words, node + IntervalTreeNode.start),
    end: peekAddr(words, node + IntervalTreeNode.last) + 1,
    flags: words[ptr + VmAreaStruct.vmFlags],
    pgoff: words[ptr + VmAreaStruct.vmPgoff] >>> 0,
    mapping: words[ptr + VmAreaStruct.mapping] as Ptr<"address_space">,
  };
}

/** The first VMA that ends behind `addr`, or null. mmap_lock held. */
export function* findVma(current: Current, mm: Ptr<"mm_struct">, addr: number): Run<Vma | null> {
  return yield* firstVmaIn(current, mm, addr, TASK_SIZE);
}

/** The first VMA that has a byte in [start, end), or null. mmap_lock held. */
export function* firstVmaIn(current: Current, mm: Ptr<"mm_struct">, start: number, end: number): Run<Vma | null> {
  const node = yield* intervalTreeIterFirst(current, mm, MmStruct.mmMt, start, end - 1);
  return node === NULL ? null : peekVma(current.words, containerOf(node, VmAreaStruct.node));
}

/** The VMA that holds `addr`, or null. mmap_lock held. */
export function* vmaLookup(current: Current, mm: Ptr<"mm_struct">, addr: number): Run<Vma | null> {
  return yield* firstVmaIn(current, mm, addr, addr + 1);
}

/** All VMAs that have a byte in [start, end), in order. mmap_lock held. */
export function* vmasIn(current: Current, mm: Ptr<"mm_struct">, start: number, end: number): Run<Vma[]> {
  const nodes = yield* intervalTreeQuery(current, mm, MmStruct.mmMt, start, end - 1);
  return nodes.map((node) => peekVma(current.words, containerOf(node, VmAreaStruct.node)));
}

/** Fill in a VMA that nobody can reach yet. */
export function initVma(current: Current, ptr: Ptr<"vm_area_struct">, from: Omit<Vma, "ptr">): void {
  const node = embedded(ptr, VmAreaStruct.node);
  pokeAddr(current.words, node + IntervalTreeNode.start, from.start);
  pokeAddr(current.words, node + IntervalTreeNode.last, from.end - 1);
  init(current, ptr, VmAreaStruct.vmMm, from.mm);
  init(current, ptr, VmAreaStruct.vmFlags, from.flags);
  init(current, ptr, VmAreaStruct.vmPgoff, from.pgoff);
  init(current, ptr, VmAreaStruct.mapping, from.mapping);
}

/** Put a VMA into its mm's tree. mmap_lock held for write. */
export function* insertVma(current: Current, vma: Vma): Run<void> {
  yield* intervalTreeInsert(current, vma.mm, MmStruct.mmMt, embedded(vma.ptr, VmAreaStruct.node));
  yield* touch(current, vma.mm + MmStruct.mapCount);
  current.words[vma.mm + MmStruct.mapCount]++;
}

/** Take a VMA out of its mm's tree. mmap_lock held for write. */
export function* detachVma(current: Current, vma: Vma): Run<void> {
  yield* intervalTreeRemove(current, vma.mm, MmStruct.mmMt, embedded(vma.ptr, VmAreaStruct.node));
  yield* touch(current, vma.mm + MmStruct.mapCount);
  current.words[vma.mm + MmStruct.mapCount]--;
}

/** Change the extent of a VMA in its mm's tree. mmap_lock and the mapping's rwsem held for write. */
export function* resizeVma(current: Current, vma: Vma, start: number, end: number, pgoff: number): Run<void> {
  const node = embedded(vma.ptr, VmAreaStruct.node);
  yield* intervalTreeRemove(current, vma.mm, MmStruct.mmMt, node);
  pokeAddr(current.words, node + IntervalTreeNode.start, start);
  pokeAddr(current.words, node + IntervalTreeNode.last, end - 1);
  yield* write(current, vma.ptr, VmAreaStruct.vmPgoff, pgoff);
  yield* intervalTreeInsert(current, vma.mm, MmStruct.mmMt, node);
}

/** Offset in the mapping of the page at `va`, in pages modulo 2^32. */
export function pgoffOf(vma: Vma, va: number): number {
  return (vma.pgoff + (va - vma.start) / PAGE_SIZE) >>> 0;
}
