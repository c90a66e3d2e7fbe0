import { readOnce } from "../machine/access.ts";
import { ACCESS_READ } from "../machine/access_kind.ts";
import { pageAlignDown, PTE_PRESENT, PTE_WRITE } from "../machine/pte.ts";
import type { Run } from "../machine/step.ts";
import type { Ptr } from "../machine/struct.ts";
import type { Task } from "../machine/task.ts";
import { trace } from "../machine/tracepoint.ts";
import { GpuVm, type Gpu } from "./gpu.ts";
import { walkPageTable } from "./page_table.ts";
import { fillTlb, lookupL1, lookupL2, type Translation } from "./tlb.ts";
import { deviceEvents } from "./tracepoints.ts";
import { acquireWalker, releaseWalker } from "./walkers.ts";

/** How a translation ended. */
export const TRANSLATED = 0;
/** The page table does not permit the access. */
export const FAULTED = 1;
/** A flush came between walk and fill: start over. */
export const OVERTAKEN = 2;

/** Find the frame for an access of `kind` at `va`: the TLB of `domain` first, then a walk. The caller's access is in flight. */
export function* translate(
  task: Task,
  gpu: Gpu,
  domain: number,
  vm: Ptr<"gpu_vm">,
  va: number,
  kind: number,
  found: Translation,
): Run<number> {
  const tlb = gpu.tlbs[domain];
  const needs = kind === ACCESS_READ ? PTE_PRESENT : PTE_PRESENT | PTE_WRITE;
  const asid = task.words[vm + GpuVm.asid]; // constant as long as a context works in this address space
  if (yield* lookupL1(task, tlb, asid, va, needs, found)) {
    trace(task, deviceEvents.tlbLookup, gpu.index, 1);
    return TRANSLATED;
  }
  if (yield* lookupL2(task, tlb, asid, va, needs, found)) {
    trace(task, deviceEvents.tlbLookup, gpu.index, 2);
    return TRANSLATED;
  }
  trace(task, deviceEvents.tlbLookup, gpu.index, 0);
  yield* acquireWalker(task, gpu);
  const root = yield* readOnce(task, vm, GpuVm.root);
  const isPermitted = yield* walkPageTable(task, gpu.physical, root, va, needs, found);
  yield* releaseWalker(task, gpu);
  if (!isPermitted) return FAULTED;
  if (!(yield* fillTlb(task, tlb, asid, va, found, { index: domain, of: gpu.tlbs.length }))) return OVERTAKEN;
  trace(task, deviceEvents.tlbFill, gpu.index, vm, pageAlignDown(va), found.pte, found.pteAddr, found.stamp);
  return TRANSLATED;
}
