import { init, initAddr, read, readAddr, readPtr, write } from "../../../machine/access.ts";
import { GFP_KERNEL } from "../../../machine/slab.ts";
import type { Run } from "../../../machine/step.ts";
import { containerOf, element, embedded, NULL, Word, type Ptr } from "../../../machine/struct.ts";
import type { Current } from "../../../kernel/current.ts";
import { downRead, downWrite, upRead, upWrite } from "../../../kernel/locking/rwsem.ts";
import { mmuIntervalNotifierInsert } from "../../../kernel/mmu_notifier/interval.ts";
import type { MmuNotifierRange } from "../../../kernel/mmu_notifier/types.ts";
import { CHUNK_BUCKETS, CHUNK_SIZE, SvmChunk, SvmVm, type Svm } from "./svm.ts";

/** The chunk of `va`, inserted at the first fault in it; NULL: out of memory, or the process has ended. */
export function* findOrInsertChunk(
  current: Current,
  svm: Svm,
  vm: Ptr<"svm_vm">,
  ops: number,
  va: number,
): Run<Ptr<"svm_chunk">> {
  const start = va - (va % CHUNK_SIZE);
  yield* downRead(current, embedded(vm, SvmVm.lock));
  let chunk = yield* findChunk(current, vm, start);
  yield* upRead(current, embedded(vm, SvmVm.lock));
  if (chunk !== NULL) return chunk;
  yield* downWrite(current, embedded(vm, SvmVm.lock));
  chunk = yield* findChunk(current, vm, start); // another fault may have been faster
  if (chunk === NULL) chunk = yield* insertChunk(current, svm, vm, ops, start);
  yield* upWrite(current, embedded(vm, SvmVm.lock));
  return chunk;
}

/** Any chunk of the VM, taken off its list; NULL if there is none. For the VM's last user. */
export function* takeAnyChunk(current: Current, vm: Ptr<"svm_vm">): Run<Ptr<"svm_chunk">> {
  for (let bucket = 0; bucket < CHUNK_BUCKETS; bucket++) {
    const head = element(vm, SvmVm.buckets, Word, bucket);
    const chunk: Ptr<"svm_chunk"> = yield* readPtr(current, head, Word.value);
    if (chunk === NULL) continue;
    yield* write(current, head, Word.value, yield* read(current, chunk, SvmChunk.nextInBucket));
    return chunk;
  }
  return NULL;
}

/** Every chunk of the VM, whose lock the caller holds. */
export function* forEachChunk(current: Current, vm: Ptr<"svm_vm">, visitor: (chunk: Ptr<"svm_chunk">) => Run<void>): Run<void> {
  for (let bucket = 0; bucket < CHUNK_BUCKETS; bucket++) {
    let chunk: Ptr<"svm_chunk"> = yield* readPtr(current, element(vm, SvmVm.buckets, Word, bucket), Word.value);
    while (chunk !== NULL) {
      yield* visitor(chunk);
      chunk = yield* readPtr(current, chunk, SvmChunk.nextInBucket);
    }
  }
}

export function chunkOf(notifier: Ptr<"mmu_interval_notifier">): Ptr<"svm_chunk"> {
  return containerOf(notifier, SvmChunk.notifier);
}

/** The part of an invalidated range that lies in the chunk: process addresses in bytes, `end` exclusive. */
export function* clipToChunk(
  current: Current,
  chunk: Ptr<"svm_chunk">,
  range: MmuNotifierRange,
): Run<{ start: number; end: number }> {
  const first = yield* readAddr(current, chunk, SvmChunk.start);
  const past = first + CHUNK_SIZE;
  return {
    start: range.start > BigInt(first) ? Number(range.start) : first,
    end: range.end < BigInt(past) ? Number(range.end) : past,
  };
}

function* findChunk(current: Current, vm: Ptr<"svm_vm">, start: number): Run<Ptr<"svm_chunk">> {
  let chunk: Ptr<"svm_chunk"> = yield* readPtr(current, bucketOf(vm, start), Word.value);
  while (chunk !== NULL && (yield* readAddr(current, chunk, SvmChunk.start)) !== start) {
    chunk = yield* readPtr(current, chunk, SvmChunk.nextInBucket);
  }
  return chunk;
}

/** Under the VM's lock: mmap_lock, which the insertion may take, is inside it. */
function* insertChunk(current: Current, svm: Svm, vm: Ptr<"svm_vm">, ops: number, start: number): Run<Ptr<"svm_chunk">> {
  const chunk = yield* svm.chunks.alloc(current, GFP_KERNEL);
  if (chunk === NULL) return NULL;
  init(current, chunk, SvmChunk.vm, vm);
  initAddr(current, chunk, SvmChunk.start, start);
  const mm: Ptr<"mm_struct"> = yield* readPtr(current, vm, SvmVm.mm);
  const notifier = embedded(chunk, SvmChunk.notifier);
  if ((yield* mmuIntervalNotifierInsert(current, notifier, mm, BigInt(start), BigInt(CHUNK_SIZE), ops)) !== 0) {
    yield* svm.chunks.free(current, chunk);
    return NULL;
  }
  const head = bucketOf(vm, start);
  yield* write(current, chunk, SvmChunk.nextInBucket, yield* read(current, head, Word.value));
  yield* write(current, head, Word.value, chunk);
  return chunk;
}

function bucketOf(vm: Ptr<"svm_vm">, start: number): Ptr<"word"> {
  return element(vm, SvmVm.buckets, Word, (start / CHUNK_SIZE) % CHUNK_BUCKETS);
}
