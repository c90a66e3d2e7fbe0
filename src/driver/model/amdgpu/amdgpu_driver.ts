import { read, readPtr } from "../../../machine/access.ts";
import type { Layout } from "../../../machine/layout.ts";
import type { Run } from "../../../machine/step.ts";
import { embedded, struct, type Ptr } from "../../../machine/struct.ts";
import type { Gpu } from "../../../device/gpu.ts";
import type { Current } from "../../../kernel/current.ts";
import type { Kernel } from "../../../kernel/kernel.ts";
import { Mutex, mutexLock, mutexUnlock } from "../../../kernel/locking/mutex.ts";
import { downWrite, upWrite } from "../../../kernel/locking/rwsem.ts";
import { mmuIntervalSetSeq } from "../../../kernel/mmu_notifier/interval.ts";
import type { Driver } from "../../driver.ts";
import { markInvalidated } from "../xe/invalidated_list.ts";
import { enableSwSignaling, waitForFences } from "../xe/preempt_fence.ts";
import { joined, type XeVariant } from "../xe/variant.ts";
import { vmaOf, XeUserptrVma, XeVm, type Xe } from "../xe/xe.ts";
import { XeUserptrDriver } from "../xe/xe_driver.ts";

/** What all processes on a device share. */
export const AmdgpuDevice = struct("amdgpu_device", { notifierLock: Mutex });

/**
 * The graphics userptrs of amdgpu (RULES 75): nothing is unmapped or flushed. The notifier moves the number and waits until all
 * that was submitted is done, holding a mutex of the whole device, so that the invalidations of all processes on a device wait
 * for each other; what comes after has to have its pages looked up again.
 *
 * The rest is that of xe's model: a job is a context from its resumption to its preemption, a submission is a round of the
 * rebind worker. The mutex is held, too, where that looks whether its pages are still there and lets the contexts go on
 * (RULES b 8'). Inside it here is a lock of the VM, of which amdgpu knows nothing.
 * Left out: HSA, which evicts the queues of a process.
 */
export function amdgpu(layout: Layout, kernel: Kernel, gpus: readonly Gpu[]): Driver {
  const devices = gpus.map((gpu) => layout.place(AmdgpuDevice, `${gpu.name}.amdgpu`));
  return onDevices("amdgpu", devices, layout, kernel, gpus);
}

/**
 * All GPUs are partitions of one device: each has contexts for a process of its own, but the mutex is that of the device. A GPU
 * here works in one process at a time, so that only this way two processes meet at the mutex.
 */
export function amdgpuPartitions(layout: Layout, kernel: Kernel, gpus: readonly Gpu[]): Driver {
  const device = layout.place(AmdgpuDevice, "amdgpu");
  return onDevices(
    "amdgpu-partitions",
    gpus.map(() => device),
    layout,
    kernel,
    gpus,
  );
}

/** @param devices that of each GPU */
function onDevices(
  name: string,
  devices: readonly Ptr<"amdgpu_device">[],
  layout: Layout,
  kernel: Kernel,
  gpus: readonly Gpu[],
): Driver {
  return new XeUserptrDriver(name, "preempt-fence", amdgpuVariant(devices), layout, kernel, gpus);
}

function amdgpuVariant(devices: readonly Ptr<"amdgpu_device">[]): XeVariant {
  const lockOf = (current: Current, xe: Xe, vm: Ptr<"xe_vm">) =>
    embedded(devices[xe.gpuOf(current, vm).index], AmdgpuDevice.notifierLock);
  return {
    ...joined,
    userptrOps: (xe) => ({
      *invalidate(current, sub, range, curSeq) {
        if (!range.blockable) return false;
        const vm: Ptr<"xe_vm"> = yield* readPtr(current, vmaOf(sub), XeUserptrVma.vm);
        const lock = lockOf(current, xe, vm);
        yield* mutexLock(current, lock);
        yield* stopJobs(current, xe, vm, sub, curSeq);
        yield* mutexUnlock(current, lock);
        return true;
      },
    }),
    *submit(current, xe, vm, submit) {
      const lock = lockOf(current, xe, vm);
      yield* mutexLock(current, lock);
      const isSubmitted = yield* submit();
      yield* mutexUnlock(current, lock);
      return isSubmitted;
    },
  };
}

/** None goes on before its pages were looked up again. */
function* stopJobs(current: Current, xe: Xe, vm: Ptr<"xe_vm">, sub: Ptr<"mmu_interval_notifier">, curSeq: number): Run<void> {
  const vma = vmaOf(sub);
  yield* downWrite(current, embedded(vm, XeVm.notifierLock));
  yield* mmuIntervalSetSeq(current, sub, curSeq);
  if ((yield* read(current, vma, XeUserptrVma.destroyed)) === 0) yield* markInvalidated(current, vm, vma);
  yield* enableSwSignaling(current, xe, vm);
  yield* waitForFences(current, xe, vm);
  yield* upWrite(current, embedded(vm, XeVm.notifierLock));
}
