import type { Layout } from "../../machine/layout.ts";
import type { Gpu } from "../../device/gpu.ts";
import type { Kernel } from "../../kernel/kernel.ts";
import { PASS_AGAIN, PASS_DONE, PASS_REFUSED } from "../../kernel/mmu_notifier/types.ts";
import type { Driver } from "../driver.ts";
import { waitForLatest, zapAndSend } from "./svm/flush_by_number.ts";
import { Svm } from "./svm/svm.ts";
import { SvmDriver } from "./svm/svm_driver.ts";

/**
 * A pass counter and a return code (RULES d 3; Gunthorpe) in the form that works: no state of one invocation, but the number of
 * the latest flush, for which every invocation waits. Sound for what has an order, as TLB invalidations have. Who had nothing to
 * send wants another pass all the same: somebody else's flush may be under way (RULES 21).
 */
export function passCounterSeqno(layout: Layout, kernel: Kernel, gpus: readonly Gpu[]): Driver {
  const svm = new Svm(layout, kernel, gpus);
  return new SvmDriver("pass-counter-seqno", svm, {
    *invalidatePass(current, notifier, range, curSeq, pass) {
      if (pass > 0) {
        yield* waitForLatest(current, svm, notifier, range);
        return PASS_DONE;
      }
      if (!(yield* zapAndSend(current, svm, notifier, range, curSeq))) return PASS_REFUSED;
      return range.blockable ? PASS_AGAIN : PASS_DONE;
    },
  });
}
