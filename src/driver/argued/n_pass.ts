import { readPtr } from "../../machine/access.ts";
import type { Layout } from "../../machine/layout.ts";
import type { Run } from "../../machine/step.ts";
import { containerOf, embedded, NULL, type Ptr } from "../../machine/struct.ts";
import type { Gpu } from "../../device/gpu.ts";
import type { Current } from "../../kernel/current.ts";
import type { Kernel } from "../../kernel/kernel.ts";
import { MmuIntervalNotifierPass } from "../../kernel/mmu_notifier/structs.ts";
import type { FinishSlot } from "../../kernel/mmu_notifier/types.ts";
import type { Driver } from "../driver.ts";
import type { DriverOptions } from "../options.ts";
import { chunkOf } from "./svm/chunk.ts";
import { waitForFlush } from "./svm/chunk_flush.ts";
import { createFinishSource, type FinishSource } from "./svm/finish_source.ts";
import { PassSource } from "./svm/pass_source.ts";
import { Svm, SvmChunk, SvmFinish } from "./svm/svm.ts";
import { SvmDriver } from "./svm/svm_driver.ts";
import { tlbInvalTimeouts } from "../parts/tlb_inval_timeouts.ts";
import { invalidateStart } from "./two_pass.ts";

/**
 * A driver with two stages under a core that allows any number of passes: zap the page table and send the TLB invalidation; wait
 * for it. The GPU SVM driver of the RFC of 9 Aug 2025 (RULES c; Brost, Hellström) had these. By itself it does in two rounds
 * what the two-pass design does in two passes; what a driver with more stages costs it shows only beside one (n_pass_3.ts).
 */
export function nPass(options: DriverOptions, layout: Layout, kernel: Kernel, gpus: readonly Gpu[]): Driver {
  return twoStages("n-pass", false, options, layout, kernel, gpus);
}

/** The same under a core that waits until a pass is ready. */
export function nPassOwn(options: DriverOptions, layout: Layout, kernel: Kernel, gpus: readonly Gpu[]): Driver {
  return twoStages("n-pass-own", true, options, layout, kernel, gpus);
}

function twoStages(
  name: string,
  flushTells: boolean,
  options: DriverOptions,
  layout: Layout,
  kernel: Kernel,
  gpus: readonly Gpu[],
): Driver {
  const svm = new Svm(layout, kernel, gpus);
  const flushed = kernel.notifier.registerIntervalPass({
    run: (current, pass) => whenFlushed(current, svm, finishes, pass),
    stalled: (current) => tlbInvalTimeouts(current, svm.tlbInvals),
  });
  const finishes = new PassSource(createFinishSource(layout, svm, options.finish), kernel, flushed, flushTells);
  return new SvmDriver(
    name,
    svm,
    {
      *invalidateMultipass(current, notifier, range, curSeq, slot) {
        const started: FinishSlot = { finish: NULL };
        const ok = yield* invalidateStart(current, svm, finishes, notifier, range, curSeq, started);
        if (started.finish !== NULL) slot.pass = embedded(containerOf(started.finish, SvmFinish.base), SvmFinish.pass);
        return ok;
      },
    },
    [finishes],
  );
}

/** Second stage. */
function* whenFlushed(
  current: Current,
  svm: Svm,
  finishes: FinishSource,
  pass: Ptr<"mmu_interval_notifier_pass">,
): Run<Ptr<"mmu_interval_notifier_pass">> {
  const finish = containerOf(pass, SvmFinish.pass);
  const chunk = chunkOf(yield* readPtr(current, pass, MmuIntervalNotifierPass.notifier));
  yield* waitForFlush(current, svm, chunk, embedded(finish, SvmFinish.flush));
  yield* finishes.put(current, svm.gpuOf(current, yield* readPtr(current, chunk, SvmChunk.vm)).index, finish);
  return NULL;
}
