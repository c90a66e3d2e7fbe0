import { read } from "../../machine/access.ts";
import type { Run } from "../../machine/step.ts";
import { embedded, type Ptr } from "../../machine/struct.ts";
import { GpuVm } from "../../device/gpu.ts";
import type { Current } from "../../kernel/current.ts";
import { tlbInvalIssueAll, tlbInvalWaitFlushed } from "./tlb_inval.ts";
import type { FencedVmTable } from "./vm_table.ts";

/** Flush everything that the GPU holds of `vm`, and wait until that is done. */
export function* flushAll<S extends string>(current: Current, table: FencedVmTable<S>, vm: Ptr<S>): Run<void> {
  const asid = yield* read(current, embedded(vm, table.struct.hw), GpuVm.asid);
  const tlbInval = table.tlbInvalOf(current, vm);
  const fence = table.stackFences.of(current);
  yield* tlbInvalIssueAll(current, tlbInval, fence, asid);
  yield* tlbInvalWaitFlushed(current, tlbInval, fence, asid);
}
