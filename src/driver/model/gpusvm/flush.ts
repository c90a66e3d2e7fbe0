import { read } from "../../../machine/access.ts";
import type { Run } from "../../../machine/step.ts";
import type { Ptr } from "../../../machine/struct.ts";
import { GpuVm } from "../../../device/gpu.ts";
import type { Current } from "../../../kernel/current.ts";
import { tlbInvalIssueRange } from "../../parts/tlb_inval.ts";
import type { FlushRange } from "../../parts/tlb_inval_range.ts";
import { hwOf, type Gpusvm } from "./gpusvm.ts";

/** Send the invalidation of a range of `vm`. Its number. */
export function* sendFlush(
  current: Current,
  gpusvm: Gpusvm,
  vm: Ptr<"gpusvm_vm">,
  fence: Ptr<"tlb_inval_fence">,
  { start, end }: FlushRange,
): Run<number> {
  const asid = yield* read(current, hwOf(vm), GpuVm.asid);
  return yield* tlbInvalIssueRange(current, gpusvm.tlbInvalOf(current, vm), fence, asid, start, end);
}

/** … and wait for it, under the lock. */
export function* flushNow(current: Current, gpusvm: Gpusvm, vm: Ptr<"gpusvm_vm">, range: FlushRange): Run<void> {
  const fence = gpusvm.stackFences.of(current);
  yield* sendFlush(current, gpusvm, vm, fence, range);
  yield* gpusvm.variant.waitForFlush(current, gpusvm, vm, fence);
}
