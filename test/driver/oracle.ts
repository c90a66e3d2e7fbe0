import { GpuVm } from "../../src/device/gpu.ts";
import { deviceEvents } from "../../src/device/tracepoints.ts";
import { coveringTlbEntry } from "../../src/device/view.ts";
import { driverEvents } from "../../src/driver/tracepoints.ts";
import { kernelEvents } from "../../src/kernel/tracepoints.ts";
import { lookupPte } from "../../src/kernel/view.ts";
import { ACCESS_READ } from "../../src/machine/access_kind.ts";
import { PTE_PRESENT, PTE_WRITE, ptePfn, TASK_SIZE } from "../../src/machine/pte.ts";
import type { Ptr } from "../../src/machine/struct.ts";
import type { TestMachine } from "./machine.ts";
import { pendingInvalidation } from "../device/observe.ts";

/**
 * The two oracles that a driver has to satisfy, as simple as they can be in one thread. Stale access: whenever a GPU touches a frame,
 * the CPU's page table maps that frame there, with the permission it takes. Join (RULES I14): when range_start returns, no TLB
 * entry of any GPU covers the range, and no invalidation that was sent before range_start began is unfinished.
 */
export class Oracle {
  readonly violations: string[] = [];
  accesses = 0;
  commits = 0;
  zaps = 0;
  retries = 0;
  fallbacks = 0;
  flushes = 0;
  timeouts = 0;
  unmaps = 0;
  readonly #machine: TestMachine;
  readonly #vms = new Map<number, { gpu: number; mm: Ptr<"mm_struct"> }>();
  /** By GPU: the latest invalidation sent; and the same as each task's range_start found it. */
  readonly #sent: number[] = [];
  readonly #sentBefore = new Map<number, number[]>();
  /** Is an entry in the TLB a violation, although nothing can use it (a preempted context)? */
  readonly #mindsTlb: boolean;

  constructor(machine: TestMachine, mindsTlb = true) {
    this.#machine = machine;
    this.#mindsTlb = mindsTlb;
    const { tracer } = machine;
    tracer.on(driverEvents.vmOpen, (_task, gpu, vm, mm) => this.#vms.set(vm, { gpu, mm: mm as Ptr<"mm_struct"> }));
    tracer.on(driverEvents.vmClose, (_task, _gpu, vm) => this.#vms.delete(vm));
    tracer.on(driverEvents.commit, () => this.commits++);
    tracer.on(driverEvents.zap, () => this.zaps++);
    tracer.on(driverEvents.faultRetry, () => this.retries++);
    tracer.on(driverEvents.finishFallback, () => this.fallbacks++);
    tracer.on(driverEvents.flushSubmit, (_task, gpu, _start, end, seqno) => {
      this.flushes++;
      if (end !== 0) this.#sent[gpu] = seqno; // of everything: sent when nothing is left that could matter
    });
    tracer.on(kernelEvents.invalidateRangeStart, (task) => this.#sentBefore.set(task.id, [...this.#sent]));
    tracer.on(driverEvents.dmaUnmap, () => this.unmaps++);
    tracer.on(driverEvents.flushWaited, (_task, _gpu, _seqno, error) => {
      if (error !== 0) this.timeouts++;
    });
    tracer.on(deviceEvents.deviceAccess, (task, gpu, va, pfn, kind) => this.#onAccess(task.name, gpu, va, pfn, kind));
    tracer.on(kernelEvents.invalidateRangeStarted, (task, mm, start, end, _range, result) => {
      if (result === 0 && end <= TASK_SIZE) this.#onStarted(task.name, task.id, mm, start, end);
    });
    tracer.on(kernelEvents.notifiersReleased, (task, mm) => this.#onStarted(task.name, task.id, mm, 0, TASK_SIZE));
  }

  #onAccess(who: string, gpu: number, va: number, pfn: number, kind: number): void {
    this.accesses++;
    for (const vm of this.#vms.values()) {
      if (vm.gpu !== gpu) continue;
      const pte = lookupPte(this.#machine.words, this.#machine.kernel, vm.mm, va);
      const needed = kind === ACCESS_READ ? PTE_PRESENT : PTE_PRESENT | PTE_WRITE;
      if ((pte & needed) === needed && ptePfn(pte) === pfn) return;
      this.violations.push(
        `${who}: stale access of kind ${kind} to frame ${pfn} at ${va.toString(16)}, the CPU's entry is ${pte.toString(16)}`,
      );
    }
  }

  #onStarted(who: string, taskId: number, mm: number, start: number, end: number): void {
    const { words, gpus } = this.#machine;
    for (const [vm, open] of this.#vms) {
      if (open.mm !== mm) continue;
      const asid = words[vm + GpuVm.asid];
      const gpu = gpus[open.gpu];
      if (this.#mindsTlb && coveringTlbEntry(words, gpu, asid, start, end) !== 0) {
        this.violations.push(
          `${who}: join: ${gpu.name} has a translation in the TLB for [${start.toString(16)}, ${end.toString(16)})`,
        );
      }
      const pending = pendingInvalidation(words, gpu, asid, start, end);
      const isOld = pending !== null && pending.seqno <= (this.#sentBefore.get(taskId)?.[open.gpu] ?? 0);
      if (isOld) this.violations.push(`${who}: join: ${gpu.name} has not finished invalidation ${pending.seqno}`);
    }
  }
}
