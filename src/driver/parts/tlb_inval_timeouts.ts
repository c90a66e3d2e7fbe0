import type { Run } from "../../machine/step.ts";
import type { Current } from "../../kernel/current.ts";
import { tlbInvalTimeout, type TlbInval } from "./tlb_inval.ts";

/** The time-out work of several GPUs' TLB invalidations (RULES 70); false if none had timed out. */
export function* tlbInvalTimeouts(current: Current, tlbInvals: readonly TlbInval[]): Run<boolean> {
  let any = false;
  for (const tlbInval of tlbInvals) {
    if (yield* tlbInvalTimeout(current, tlbInval)) any = true;
  }
  return any;
}
