import type { Layout } from "../../machine/layout.ts";
import type { Gpu } from "../../device/gpu.ts";
import type { Kernel } from "../../kernel/kernel.ts";
import type { Driver } from "../driver.ts";
import { waitForLatest, zapAndSend } from "./svm/flush_by_number.ts";
import { Svm } from "./svm/svm.ts";
import { SvmDriver } from "./svm/svm_driver.ts";

/**
 * Start and end callbacks under a core that walks the tree twice (RULES d 4; Popple). The thread took it for granted that
 * what one invocation remembers needs a carrier. For TLB invalidations that are answered in order it does not: a
 * number in the notifier will do, and nothing is ever allocated.
 */
export function startEnd(layout: Layout, kernel: Kernel, gpus: readonly Gpu[]): Driver {
  const svm = new Svm(layout, kernel, gpus);
  return new SvmDriver("start-end", svm, {
    invalidateBegin: (current, notifier, range, curSeq) => zapAndSend(current, svm, notifier, range, curSeq),
    invalidateEnd: (current, notifier, range) => waitForLatest(current, svm, notifier, range),
  });
}
