import { parseFinishOption } from "../../src/driver/options.ts";
import { driverEvents } from "../../src/driver/tracepoints.ts";
import type { Current } from "../../src/kernel/current.ts";
import { MAP_ANONYMOUS, MAP_FIXED, MAP_PRIVATE, PROT_READ, PROT_WRITE } from "../../src/kernel/mm/mman.ts";
import { mmAlloc } from "../../src/kernel/mm/mm_alloc.ts";
import { mmput } from "../../src/kernel/mm/mm_count.ts";
import { doMmap } from "../../src/kernel/mm/mmap.ts";
import { doMunmap } from "../../src/kernel/mm/munmap.ts";
import { ACCESS_WRITE } from "../../src/machine/access_kind.ts";
import { PAGE_SIZE } from "../../src/machine/pte.ts";
import type { Run } from "../../src/machine/step.ts";
import type { Ptr } from "../../src/machine/struct.ts";
import { runOnCpu, TestMachine } from "./machine.ts";
import { BASE } from "./play.ts";

export const FLUSH_US = 1000;

/**
 * Munmap of a page that all GPUs use, told in the order of their numbers, each with a TLB invalidation of {@link FLUSH_US};
 * software takes no time, and contexts are at rest. How long it took in microseconds, and whose notifiers fell back to one pass.
 */
export function munmapSharedPage(driver: string, gpus: number, finish = "pool:8"): { latencyUs: number; fallbacks: number[] } {
  const machine = new TestMachine({
    driver,
    gpus,
    gpuConfig: { tlbLatencyUs: FLUSH_US },
    driverOptions: { finish: parseFinishOption(finish) },
  });
  const fallbacks: number[] = [];
  machine.tracer.on("record", driverEvents.finishFallback, (_task, gpu) => fallbacks.push(gpu));
  let latencyUs = -1;
  runOnCpu(machine, (current) =>
    withSharedPage(machine, current, function* (mm) {
      const beginUs = current.nowUs();
      yield* doMunmap(current, mm, BASE, PAGE_SIZE);
      latencyUs = current.nowUs() - beginUs;
    }),
  );
  return { latencyUs, fallbacks };
}

/** Do `body` while all GPUs have the one page of a process, at {@link BASE}. */
export function* withSharedPage(machine: TestMachine, current: Current, body: (mm: Ptr<"mm_struct">) => Run<void>): Run<void> {
  const mm = yield* mmAlloc(current);
  yield* doMmap(current, mm, BASE, PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED);
  const vms = [];
  for (const gpu of machine.gpus) {
    const vm = yield* machine.driver.open(current, gpu, mm);
    yield* machine.driver.handleFault(current, { gpu, vm, va: BASE, kind: ACCESS_WRITE });
    vms.push(vm);
  }
  yield* body(mm);
  for (const vm of vms) yield* machine.driver.close(current, vm);
  yield* mmput(current, mm);
}
