import { init, initAddr, read, readAddr, readPtr, write } from "../../../machine/access.ts";
import { pageAlignDown, PAGE_SIZE } from "../../../machine/pte.ts";
import { GFP_KERNEL } from "../../../machine/slab.ts";
import type { Run } from "../../../machine/step.ts";
import { embedded, NULL, type Ptr } from "../../../machine/struct.ts";
import type { Current } from "../../../kernel/current.ts";
import { EFAULT, ENOMEM, EPERM } from "../../../kernel/errno.ts";
import { downRead, downWrite, upRead, upWrite } from "../../../kernel/locking/rwsem.ts";
import { MmStruct } from "../../../kernel/mm/mm_struct.ts";
import { vmaLookup, VM_WRITE } from "../../../kernel/mm/vma.ts";
import { GpusvmNotifier, GpusvmRange, GpusvmVm, RANGE_PAGES, type Gpusvm } from "./gpusvm.ts";

const RANGE_SIZE = RANGE_PAGES * PAGE_SIZE;

type Range = Ptr<"gpusvm_range">;

/** Where a range lies: process addresses in bytes, `end` exclusive. */
export interface Extent {
  readonly start: number;
  readonly end: number;
}

/**
 * The range of `va`, or a new one: `range`, or a negative `error`: -EFAULT (no mapping), -EPERM (not writable), -ENOMEM. Under
 * `vm->lock` for writing.
 */
export function* findOrInsertRange(
  current: Current,
  gpusvm: Gpusvm,
  vm: Ptr<"gpusvm_vm">,
  notifier: Ptr<"gpusvm_notifier">,
  va: number,
  maxPages: number,
): Run<{ range: Range; error: number }> {
  const page = pageAlignDown(va);
  const found = yield* firstRangeIn(current, notifier, page, page + PAGE_SIZE);
  if (found !== NULL) return { range: found, error: 0 };
  const extent = yield* chooseExtent(current, vm, notifier, page, maxPages);
  if (typeof extent === "number") return { range: NULL, error: extent };
  const range = yield* gpusvm.ranges.alloc(current, GFP_KERNEL);
  if (range === NULL) return { range: NULL, error: ENOMEM };
  init(current, range, GpusvmRange.notifier, notifier);
  initAddr(current, range, GpusvmRange.start, extent.start);
  init(current, range, GpusvmRange.pages, (extent.end - extent.start) / PAGE_SIZE);
  yield* downWrite(current, embedded(vm, GpusvmVm.notifierLock));
  yield* write(current, range, GpusvmRange.nextInNotifier, yield* read(current, notifier, GpusvmNotifier.ranges));
  yield* write(current, notifier, GpusvmNotifier.ranges, range);
  yield* upWrite(current, embedded(vm, GpusvmVm.notifierLock));
  return { range, error: 0 };
}

/**
 * The biggest block around `page` that lies in one writable VMA, has at most so many pages and meets no other range; or a
 * negative error.
 */
function* chooseExtent(
  current: Current,
  vm: Ptr<"gpusvm_vm">,
  notifier: Ptr<"gpusvm_notifier">,
  page: number,
  maxPages: number,
): Run<Extent | number> {
  const mm: Ptr<"mm_struct"> = yield* readPtr(current, vm, GpusvmVm.mm);
  yield* downRead(current, embedded(mm, MmStruct.mmapLock));
  const vma = yield* vmaLookup(current, mm, page);
  yield* upRead(current, embedded(mm, MmStruct.mmapLock));
  if (vma === null) return EFAULT;
  if ((vma.flags & VM_WRITE) === 0) return EPERM;
  const start = page - (page % RANGE_SIZE);
  const isInside = maxPages >= RANGE_PAGES && start >= vma.start && start + RANGE_SIZE <= vma.end;
  const isFree = isInside && (yield* firstRangeIn(current, notifier, start, start + RANGE_SIZE)) === NULL;
  return isFree ? { start, end: start + RANGE_SIZE } : { start: page, end: page + PAGE_SIZE };
}

/** Some range of the notifier that has a byte in [start, end), or NULL. Under `vm->lock` or `notifierLock`. */
function* firstRangeIn(current: Current, notifier: Ptr<"gpusvm_notifier">, start: number, end: number): Run<Range> {
  return yield* nextRangeIn(current, yield* readPtr(current, notifier, GpusvmNotifier.ranges), start, end);
}

/** All ranges of the notifier that have a byte in [start, end), in no order. Under `vm->lock` or `notifierLock`. */
export function* rangesIn(current: Current, notifier: Ptr<"gpusvm_notifier">, { start, end }: Extent): Run<Range[]> {
  const ranges: Range[] = [];
  let range = yield* firstRangeIn(current, notifier, start, end);
  while (range !== NULL) {
    ranges.push(range);
    range = yield* nextRangeIn(current, yield* readPtr(current, range, GpusvmRange.nextInNotifier), start, end);
  }
  return ranges;
}

/** The first that has a byte in [start, end), `range` itself or one after it. */
function* nextRangeIn(current: Current, range: Range, start: number, end: number): Run<Range> {
  while (range !== NULL) {
    const extent = yield* extentOf(current, range);
    if (extent.start < end && extent.end > start) return range;
    range = yield* readPtr(current, range, GpusvmRange.nextInNotifier);
  }
  return NULL;
}

export function* extentOf(current: Current, range: Range): Run<Extent> {
  const start = yield* readAddr(current, range, GpusvmRange.start);
  const pages = yield* read(current, range, GpusvmRange.pages);
  return { start, end: start + pages * PAGE_SIZE };
}

/** Take the range off its notifier's list. Under `vm->lock` for writing and `notifierLock` for writing. */
export function* unlinkRange(current: Current, range: Range): Run<void> {
  const notifier: Ptr<"gpusvm_notifier"> = yield* readPtr(current, range, GpusvmRange.notifier);
  const next = yield* read(current, range, GpusvmRange.nextInNotifier);
  let former: Range = yield* readPtr(current, notifier, GpusvmNotifier.ranges);
  if (former === range) {
    yield* write(current, notifier, GpusvmNotifier.ranges, next);
    return;
  }
  for (;;) {
    const following: Range = yield* readPtr(current, former, GpusvmRange.nextInNotifier);
    if (following === range) break;
    former = following;
  }
  yield* write(current, former, GpusvmRange.nextInNotifier, next);
}
