import { init, readPtr } from "../../machine/access.ts";
import { GFP_KERNEL } from "../../machine/slab.ts";
import type { Run } from "../../machine/step.ts";
import { embedded, NULL, type Ptr } from "../../machine/struct.ts";
import { trace } from "../../machine/tracepoint.ts";
import { GpuVm, type Gpu } from "../../device/gpu.ts";
import type { Current } from "../../kernel/current.ts";
import { mmdrop, mmgrab } from "../../kernel/mm/mm_count.ts";
import { driverEvents } from "../tracepoints.ts";
import { gpuPtCreate, gpuPtDestroy } from "./gpu_page_table.ts";
import type { VmTable } from "./vm_table.ts";

/** How an address space of any driver begins and ends. */

/**
 * Let `gpu` work in `mm`: the VM with an empty page table, or NULL: out of memory, or `attach` failed.
 *
 * @param attach gets it what can fail and has to come before the VM is open; false: failed
 */
export function* createVm<S extends string>(
  current: Current,
  table: VmTable<S>,
  gpu: Gpu,
  mm: Ptr<"mm_struct">,
  attach?: (vm: Ptr<S>) => Run<boolean>,
): Run<Ptr<S>> {
  const { struct, vms } = table;
  const vm = yield* vms.alloc(current, GFP_KERNEL);
  if (vm === NULL) return NULL;
  const hw = embedded(vm, struct.hw);
  const asid = vms.indexOf(vm) + 1;
  init(current, hw, GpuVm.asid, asid);
  init(current, hw, GpuVm.gpu, gpu.index);
  init(current, vm, struct.mm, mm);
  const hasTable = (yield* gpuPtCreate(current, hw)) === 0;
  if (hasTable && (attach === undefined || (yield* attach(vm)))) {
    yield* mmgrab(current, mm);
    trace(current, driverEvents.vmOpen, gpu.index, hw, mm, asid);
    return vm;
  }
  if (hasTable) yield* gpuPtDestroy(current, gpu, hw);
  yield* vms.free(current, vm);
  return NULL;
}

/** The end of a VM that no notifier knows any more. The GPU's TLB was flushed of all of it, before the tables go (RULES I28). */
export function* destroyVm<S extends string>(current: Current, table: VmTable<S>, vm: Ptr<S>): Run<void> {
  const { struct, vms } = table;
  const gpu = table.gpuOf(current, vm);
  const hw = embedded(vm, struct.hw);
  trace(current, driverEvents.vmClose, gpu.index, hw);
  yield* gpuPtDestroy(current, gpu, hw);
  yield* mmdrop(current, yield* readPtr(current, vm, struct.mm));
  yield* vms.free(current, vm);
}
