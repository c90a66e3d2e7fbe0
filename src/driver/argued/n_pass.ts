import { readPtr } from "../../machine/access.ts";
import type { Layout } from "../../machine/layout.ts";
import { containerOf, embedded, NULL } from "../../machine/struct.ts";
import type { Gpu } from "../../device/gpu.ts";
import type { Kernel } from "../../kernel/kernel.ts";
import { MmuIntervalNotifierPass } from "../../kernel/mmu_notifier/structs.ts";
import type { FinishSlot, MmuIntervalNotifierOps } from "../../kernel/mmu_notifier/types.ts";
import type { Driver } from "../driver.ts";
import type { DriverOptions } from "../options.ts";
import { chunkOf } from "./svm/chunk.ts";
import { waitForFlush } from "./svm/chunk_flush.ts";
import { createFinishSource } from "./svm/finish_source.ts";
import { PassSource } from "./svm/pass_source.ts";
import { Svm, SvmChunk, SvmFinish } from "./svm/svm.ts";
import { SvmDriver } from "./svm/svm_driver.ts";
import { tlbInvalTimeouts } from "../parts/tlb_inval_timeouts.ts";
import { twoPassOps } from "./two_pass.ts";

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
  const source = createFinishSource(layout, svm, options.finish);
  const flushed = kernel.notifier.registerIntervalPass({
    *run(current, pass) {
      const finish = containerOf(pass, SvmFinish.pass);
      const chunk = chunkOf(yield* readPtr(current, pass, MmuIntervalNotifierPass.notifier));
      yield* waitForFlush(current, svm, chunk, embedded(finish, SvmFinish.flush));
      yield* source.put(current, svm.gpuOf(current, yield* readPtr(current, chunk, SvmChunk.vm)).index, finish);
      return NULL;
    },
    stalled: (current) => tlbInvalTimeouts(current, svm.tlbInvals),
  });
  const finishes = new PassSource(source, kernel, flushed, flushTells);
  const twoPass = twoPassOps(svm, finishes);
  const ops: MmuIntervalNotifierOps = {
    *invalidateMultipass(current, notifier, range, curSeq, slot) {
      const started: FinishSlot = { finish: NULL };
      const ok = yield* twoPass.invalidateStart(current, notifier, range, curSeq, started);
      if (started.finish !== NULL) slot.pass = embedded(containerOf(started.finish, SvmFinish.base), SvmFinish.pass);
      return ok;
    },
  };
  return new SvmDriver(name, svm, ops, [finishes]);
}
