import type { Run } from "../machine/step.ts";
import type { Ptr } from "../machine/struct.ts";
import type { Gpu } from "../device/gpu.ts";
import type { Current } from "../kernel/current.ts";

/** A fault as taken off a GPU's fault buffer. */
export interface GpuFault {
  readonly gpu: Gpu;
  /** The driver's address space that faulted. */
  readonly vm: Ptr<"gpu_vm">;
  readonly va: number;
  /** ACCESS_* */
  readonly kind: number;
}

/**
 * A GPU driver: one file per design. Every thread makes its own instance over the same memory; all state is in shared
 * memory. Functions that take a `Current` run on CPUs.
 */
export interface Driver {
  readonly name: string;
  /**
   * Does anybody wait for `work`? Not if all it does is to give up on what has timed out, which those who wait do themselves, or
   * to tidy up: a hunt leaves it out then, and has so many fewer schedules to go through.
   */
  readonly hasDeferredWork: boolean;
  /** Before any task runs, on one thread. */
  powerOn(words: Int32Array): void;
  /** Let this GPU work in an address space. The GPU's VM, whose `gpu` says so, or NULL: out of memory. */
  open(current: Current, gpu: Gpu, mm: Ptr<"mm_struct">): Run<Ptr<"gpu_vm">>;
  /**
   * Make [start, end) of the process visible to the GPU (bytes, page aligned). Designs that take faults anywhere have nothing to
   * do.
   * 0 or a negative error.
   */
  bind(current: Current, vm: Ptr<"gpu_vm">, start: number, end: number): Run<number>;
  /** Undo `bind`. */
  unbind(current: Current, vm: Ptr<"gpu_vm">, start: number, end: number): Run<void>;
  /** Make the page that faulted accessible: 0, or a negative error that the context gets to see. */
  handleFault(current: Current, fault: GpuFault): Run<number>;
  /** Deferred work (rebind worker, garbage collector), a bounded piece of it; false if there was none. */
  work(current: Current): Run<boolean>;
  /** Remove all notifiers of this VM and free it. Its contexts must have stopped. */
  close(current: Current, vm: Ptr<"gpu_vm">): Run<void>;
  /**
   * Interrupt of GPU `gpu`, run in that GPU's worker, not on a CPU: the command engine answered request `seqno`, whose
   * kind `op` (CMD_*) tells whose numbers these are.
   */
  interrupt(current: Current, gpu: Gpu, seqno: number, op: number): Run<void>;
}
