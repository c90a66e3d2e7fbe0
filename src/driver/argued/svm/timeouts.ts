import type { Run } from "../../../machine/step.ts";
import type { Current } from "../../../kernel/current.ts";
import { tlbInvalTimeout } from "../../parts/tlb_inval.ts";
import type { Svm } from "./svm.ts";

/** The time-out work of all GPUs' TLB invalidations (RULES 70); false if none had timed out. */
export function* tlbInvalTimeouts(current: Current, svm: Svm): Run<boolean> {
  let any = false;
  for (const tlbInval of svm.tlbInvals) {
    if (yield* tlbInvalTimeout(current, tlbInval)) any = true;
  }
  return any;
}
