import { init, initAddr, read, readAddr, readPtr, write } from "../../../machine/access.ts";
import { GFP_KERNEL } from "../../../machine/slab.ts";
import type { Run } from "../../../machine/step.ts";
import { embedded, NULL, type Ptr } from "../../../machine/struct.ts";
import type { Current } from "../../../kernel/current.ts";
import { mmuIntervalNotifierInsert } from "../../../kernel/mmu_notifier/interval.ts";
import type { MmuNotifierRange } from "../../../kernel/mmu_notifier/types.ts";
import type { FlushRange } from "../../parts/tlb_inval_range.ts";
import { GpusvmNotifier, GpusvmVm, NOTIFIER_SIZE, type Gpusvm } from "./gpusvm.ts";

/**
 * The notifier that watches `va`, inserted at the first fault; NULL: out of memory, or the process has ended. Under `vm->lock`.
 */
export function* findOrInsertNotifier(
  current: Current,
  gpusvm: Gpusvm,
  ops: number,
  vm: Ptr<"gpusvm_vm">,
  va: number,
): Run<Ptr<"gpusvm_notifier">> {
  const start = va - (va % NOTIFIER_SIZE);
  let notifier: Ptr<"gpusvm_notifier"> = yield* readPtr(current, vm, GpusvmVm.notifiers);
  while (notifier !== NULL && (yield* readAddr(current, notifier, GpusvmNotifier.start)) !== start) {
    notifier = yield* readPtr(current, notifier, GpusvmNotifier.nextInVm);
  }
  return notifier === NULL ? yield* insertNotifier(current, gpusvm, ops, vm, start) : notifier;
}

function* insertNotifier(
  current: Current,
  gpusvm: Gpusvm,
  ops: number,
  vm: Ptr<"gpusvm_vm">,
  start: number,
): Run<Ptr<"gpusvm_notifier">> {
  const notifier = yield* gpusvm.notifiers.alloc(current, GFP_KERNEL);
  if (notifier === NULL) return NULL;
  init(current, notifier, GpusvmNotifier.vm, vm);
  initAddr(current, notifier, GpusvmNotifier.start, start);
  const mm: Ptr<"mm_struct"> = yield* readPtr(current, vm, GpusvmVm.mm);
  const sub = embedded(notifier, GpusvmNotifier.notifier);
  if ((yield* mmuIntervalNotifierInsert(current, sub, mm, BigInt(start), BigInt(NOTIFIER_SIZE), ops)) !== 0) {
    yield* gpusvm.notifiers.free(current, notifier);
    return NULL;
  }
  yield* write(current, notifier, GpusvmNotifier.nextInVm, yield* read(current, vm, GpusvmVm.notifiers));
  yield* write(current, vm, GpusvmVm.notifiers, notifier);
  return notifier;
}

/** The part of an invalidated range that the notifier watches: process addresses in bytes, `end` exclusive. */
export function* clipToNotifier(current: Current, notifier: Ptr<"gpusvm_notifier">, range: MmuNotifierRange): Run<FlushRange> {
  const first = yield* readAddr(current, notifier, GpusvmNotifier.start);
  const past = first + NOTIFIER_SIZE;
  return {
    start: range.start > BigInt(first) ? Number(range.start) : first,
    end: range.end < BigInt(past) ? Number(range.end) : past,
  };
}
