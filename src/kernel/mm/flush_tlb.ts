import type { Run } from "../../machine/step.ts";
import type { Ptr } from "../../machine/struct.ts";
import { trace } from "../../machine/tracepoint.ts";
import type { Current } from "../current.ts";
import { archInvalidateSecondaryTlbs } from "../mmu_notifier/young.ts";
import { kernelEvents } from "../tracepoints.ts";

/**
 * Flush the CPUs' TLBs, and with them those of devices that walk the CPU's page table: the one right moment for these is here,
 * after the entries changed and before the pages are freed (RULES 45, 77, g). May run under page-table locks. The CPUs' own TLBs
 * are not modelled, beyond the event.
 */
export function* flushTlbRange(current: Current, mm: Ptr<"mm_struct">, start: number, end: number): Run<void> {
  trace(current, kernelEvents.cpuTlbFlush, mm, start, end);
  yield* archInvalidateSecondaryTlbs(current, mm, BigInt(start), BigInt(end));
}
