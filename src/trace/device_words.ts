import { deviceEvents } from "../device/tracepoints.ts";
import { accessVerb, hex, ptePhrase, startAndSize } from "./format.ts";
import { sentences } from "./sentence.ts";

export const DEVICE_WORDS = sentences(deviceEvents, {
  tlbFill: (_, _gpu, _vm, va, pte) => `fills its TLB: ${hex(va)} is ${ptePhrase(pte)}`,
  tlbFlushed: (_, _gpu, _asid, start, end, seqno) =>
    `has invalidated its TLB, ${end === 0 ? "all of it" : startAndSize(start, end)}, seqno ${seqno}`,
  commandDone: (_, _gpu, _op, seqno) => `answers seqno ${seqno}`,
  deviceAccess: (_, _gpu, va, pfn, kind, value) => `${accessVerb(kind)} ${hex(va)} (page ${pfn}): ${value}`,
  fault: (_, _gpu, _context, va, kind) => `faults: ${accessVerb(kind)} ${hex(va)}`,
  faultAnswered: (_, _gpu, _context, va, result) => `is notified that its fault at ${hex(va)} was handled: ${result}`,
  preempted: (_, _gpu, _context, seqno) => `stops for a preemption, seqno ${seqno}`,
  resumed: () => "resumes",
});
