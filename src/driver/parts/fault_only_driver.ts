import type { Run } from "../../machine/step.ts";
import type { Ptr } from "../../machine/struct.ts";
import { isTlbInvalidation } from "../../device/command_ring.ts";
import type { Gpu } from "../../device/gpu.ts";
import type { Current } from "../../kernel/current.ts";
import type { Driver, GpuFault } from "../driver.ts";
import { tlbInvalDone } from "./tlb_inval.ts";
import { tlbInvalTimeouts } from "./tlb_inval_timeouts.ts";
import type { FencedVmTable } from "./vm_table.ts";

/** What has to be made ready before any task runs. */
export interface PowerOn {
  powerOn(words: Int32Array): void;
}

/** A driver whose GPUs fault wherever they like, so that there is nothing to bind. */
export abstract class FaultOnlyDriver<S extends string> implements Driver {
  readonly name: string;
  readonly hasDeferredWork = false;
  readonly #table: FencedVmTable<S>;
  readonly #parts: readonly PowerOn[];

  /** @param more of the design's own that has to be powered on */
  constructor(name: string, table: FencedVmTable<S>, more: readonly PowerOn[] = []) {
    this.name = name;
    this.#table = table;
    this.#parts = [table, ...more];
  }

  powerOn(words: Int32Array): void {
    for (const part of this.#parts) part.powerOn(words);
  }

  abstract open(current: Current, gpu: Gpu, mm: Ptr<"mm_struct">): Run<Ptr<"gpu_vm">>;

  *bind(): Run<number> {
    return 0;
  }

  *unbind(): Run<void> {}

  abstract handleFault(current: Current, fault: GpuFault): Run<number>;

  /** The time-out work alone; waiters do not depend on it. */
  work(current: Current): Run<boolean> {
    return tlbInvalTimeouts(current, this.#table.tlbInvals);
  }

  abstract close(current: Current, vm: Ptr<"gpu_vm">): Run<void>;

  *interrupt(current: Current, gpu: Gpu, seqno: number, op: number): Run<void> {
    if (isTlbInvalidation(op)) yield* tlbInvalDone(current, this.#table.tlbInvals[gpu.index], seqno);
  }
}
