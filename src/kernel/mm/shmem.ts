import { init, readOnce, visit, writeOnce } from "../../machine/access.ts";
import { FRAME_PAGE_TABLE, FRAME_SYSTEM, Page } from "../../machine/physical.ts";
import { mkPte, PAGE_SIZE, PTE_PRESENT, PTE_SWAP, ptePfn, PTRS_PER_TABLE } from "../../machine/pte.ts";
import { GFP_KERNEL } from "../../machine/slab.ts";
import type { Run } from "../../machine/step.ts";
import { embedded, NULL, Word, type Ptr } from "../../machine/struct.ts";
import { trace } from "../../machine/tracepoint.ts";
import type { Current } from "../current.ts";
import { EFAULT, ENOMEM } from "../errno.ts";
import { spinLock, spinUnlock } from "../locking/spinlock.ts";
import { kernelEvents } from "../tracepoints.ts";
import { Mapping } from "./mapping.ts";
import { getPage, setPageMapping } from "./page.ts";
import { allocPage, putPage } from "./page_alloc.ts";
import { findLeaf, growLeaf } from "./page_table.ts";
import { swapPut, swapReadPage, swapWritePage } from "./swap.ts";

/**
 * Shared anonymous memory: its pages live in a tree of its mapping, by page index, whether or not a page table maps them. An
 * entry is that of a page, or of a swap slot, or 0. Nodes and root stay until the memory is given up.
 */

/** The mapping of `pages` pages of shared memory; NULL if out of memory. */
export function* allocShmem(current: Current, pages: number): Run<Ptr<"address_space">> {
  const { mappings } = current.kernel.mm;
  const mapping = yield* mappings.alloc(current, GFP_KERNEL);
  if (mapping === NULL) return mapping;
  const root = yield* allocPage(current, GFP_KERNEL, FRAME_PAGE_TABLE);
  if (root < 0) {
    yield* mappings.free(current, mapping);
    return NULL as Ptr<"address_space">;
  }
  let levels = 1;
  while (PTRS_PER_TABLE ** levels < pages) levels++;
  init(current, mapping, Mapping.refcount, 1);
  init(current, mapping, Mapping.root, root);
  init(current, mapping, Mapping.levels, levels);
  init(current, mapping, Mapping.pages, pages);
  return mapping;
}

/**
 * Page `index` with a reference, which keeps reclaim from taking it out of the tree; negative error. It is made, or brought in
 * from swap, if need be.
 */
export function* getShmemPage(current: Current, mapping: Ptr<"address_space">, index: number): Run<number> {
  const { physical } = current.kernel.mm;
  if (index >= (yield* readOnce(current, mapping, Mapping.pages))) return EFAULT; // SIGBUS: behind the end of the memory
  const root = yield* readOnce(current, mapping, Mapping.root);
  const top = (yield* readOnce(current, mapping, Mapping.levels)) - 1;
  const lock = embedded(mapping, Mapping.treeLock);
  const leaf = yield* growLeaf(current, root, top, lock, index * PAGE_SIZE);
  if (leaf === 0) return ENOMEM;
  const slot = physical.entry(leaf, index % PTRS_PER_TABLE);
  for (;;) {
    yield* spinLock(current, lock);
    const entry = yield* readOnce(current, slot, Word.value);
    const isCached = (entry & PTE_PRESENT) !== 0;
    if (isCached) yield* getPage(current, ptePfn(entry));
    yield* spinUnlock(current, lock);
    const pfn = isCached ? ptePfn(entry) : yield* addShmemPage(current, mapping, slot, index, entry);
    if (pfn !== 0) return pfn; // else somebody else was first
  }
}

/** Put a page where `entry`, empty or a swap slot, was: its frame with a reference, 0 if `entry` has changed, or -ENOMEM. */
function* addShmemPage(
  current: Current,
  mapping: Ptr<"address_space">,
  slot: Ptr<"word">,
  index: number,
  entry: number,
): Run<number> {
  const lock = embedded(mapping, Mapping.treeLock);
  const pfn = yield* allocPage(current, GFP_KERNEL, FRAME_SYSTEM);
  if (pfn < 0) return ENOMEM;
  yield* setPageMapping(current, pfn, mapping, index);
  yield* spinLock(current, lock);
  const isFirst = (yield* readOnce(current, slot, Word.value)) === entry;
  if (isFirst) {
    if (entry !== 0) yield* swapReadPage(current, ptePfn(entry), pfn);
    yield* getPage(current, pfn); // one reference for the tree, one for us
    if (entry !== 0) trace(current, kernelEvents.swapIn, ptePfn(entry), pfn);
    yield* writeOnce(current, slot, Word.value, mkPte(pfn, PTE_PRESENT));
    if (entry !== 0) yield* swapPut(current, ptePfn(entry));
  }
  yield* spinUnlock(current, lock);
  if (!isFirst) yield* putPage(current, pfn);
  return isFirst ? pfn : 0;
}

/**
 * Move page `index`, which no page table maps, to `slot` of swap: only if nobody but the tree and the caller holds it, else
 * false. The tree's reference is the caller's then. Page locked.
 */
export function* swapOutShmemPage(
  current: Current,
  mapping: Ptr<"address_space">,
  index: number,
  pfn: number,
  slot: number,
): Run<boolean> {
  const lock = embedded(mapping, Mapping.treeLock);
  yield* spinLock(current, lock);
  const entry = yield* findShmemEntry(current, mapping, index);
  // Not there: the memory was given up meanwhile, or the page is only about to be put in, by somebody who may come too late.
  const isThere = entry !== NULL && (yield* readOnce(current, entry, Word.value)) === mkPte(pfn, PTE_PRESENT);
  const isUnused = isThere && (yield* readOnce(current, current.kernel.mm.physical.page(pfn), Page.refcount)) === 2;
  if (isUnused) {
    yield* swapWritePage(current, slot, pfn);
    yield* writeOnce(current, entry, Word.value, mkPte(slot, PTE_SWAP));
    trace(current, kernelEvents.swapOut, pfn, slot);
  }
  yield* spinUnlock(current, lock);
  return isUnused;
}

/** The tree's entry for page `index`, NULL if there is none. Tree lock held. */
function* findShmemEntry(current: Current, mapping: Ptr<"address_space">, index: number): Run<Ptr<"word">> {
  const root = yield* readOnce(current, mapping, Mapping.root);
  if (root === 0) return NULL;
  const leaf = yield* findLeaf(current, root, (yield* readOnce(current, mapping, Mapping.levels)) - 1, index * PAGE_SIZE);
  return leaf < 0 ? NULL : current.kernel.mm.physical.entry(leaf, index % PTRS_PER_TABLE);
}

/** Give up the memory: nobody maps it any more. */
export function* truncateShmem(current: Current, mapping: Ptr<"address_space">): Run<void> {
  const lock = embedded(mapping, Mapping.treeLock);
  yield* spinLock(current, lock); // against reclaim, which comes through the pages
  const root = yield* readOnce(current, mapping, Mapping.root);
  yield* writeOnce(current, mapping, Mapping.root, 0);
  yield* spinUnlock(current, lock);
  yield* freeTree(current, root, (yield* readOnce(current, mapping, Mapping.levels)) - 1);
}

function* freeTree(current: Current, table: number, level: number): Run<void> {
  const { physical } = current.kernel.mm;
  yield* visit(current, physical.content(table));
  for (let i = 0; i < PTRS_PER_TABLE; i++) {
    const entry = current.words[physical.entry(table, i)];
    if (entry === 0) continue;
    if ((entry & PTE_SWAP) !== 0) yield* swapPut(current, ptePfn(entry));
    else if (level > 0) yield* freeTree(current, ptePfn(entry), level - 1);
    else yield* putPage(current, ptePfn(entry));
  }
  yield* putPage(current, table);
}
