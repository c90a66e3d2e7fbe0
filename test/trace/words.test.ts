import { describe, expect, it } from "vitest";
import { deviceEvents } from "../../src/device/tracepoints.ts";
import { driverEvents } from "../../src/driver/tracepoints.ts";
import { kernelEvents } from "../../src/kernel/tracepoints.ts";
import { machineEvents } from "../../src/machine/tracepoints.ts";
import { mkPte, PTE_PRESENT, PTE_WRITE } from "../../src/machine/pte.ts";
import { allTracepoints } from "../../src/machine/tracepoint.ts";
import { eventLine } from "../../src/trace/event_line.ts";
import { sentenceOf } from "../../src/trace/words.ts";

const nameOf = (addr: number) => `object#${addr}`;
const pte = mkPte(17, PTE_PRESENT | PTE_WRITE);

describe("an event", () => {
  it.each([
    [
      kernelEvents.invalidateRangeStart,
      [1, 0x1000, 0x3000, 6, 0, 4],
      "invalidate_range_start [0x1000, +0x2000) MIGRATE, non-blockable",
    ],
    [kernelEvents.syscallEnter, [11, 1, 0x1000, 0x2000, 0, 0], "munmap(0x1000, 0x2000) begins"],
    [kernelEvents.warn, [9, 0, 0, 0, 0, 0], "WARN_ON: remove_not_in_tree"],
    [kernelEvents.lockAcquired, [5, 1, 0, 0, 0, 0], "takes object#5 (read)"],
    [machineEvents.kmemFree, [5, 6, 0, 0, 0, 0], "frees object#6"],
    [deviceEvents.tlbFill, [0, 5, 0x1000, pte, 6, 1], "fills its TLB: 0x1000 is page 17 rw"],
    [driverEvents.faultRetry, [1, 0x1000, 2, 0, 0, 0], "begins gpu1's fault at 0x1000 again: hmm_range_fault gave -EBUSY"],
  ])("is told in words: %#", (id, values, text) => {
    expect(sentenceOf(nameOf, { id, values })).toBe(text);
  });

  it("has a sentence or none, and never one with holes", () => {
    const texts = allTracepoints().flatMap(({ id }) => sentenceOf(nameOf, { id, values: [1, 1, 1, 1, 1, 1] }) ?? []);
    expect(texts.length).toBeGreaterThan(50);
    for (const text of texts) expect(text).not.toMatch(/undefined|NaN|^$/);
    expect(sentenceOf(nameOf, { id: deviceEvents.tlbLookup, values: [0, 0, 0, 0, 0, 0] })).toBeNull();
  });

  it.each([
    [kernelEvents.pteSet, [5, 0x1000, pte, 0, 0, 0], "pte_set mm=object#5 va=0x1000 pte=17w old_pte=none"],
    [deviceEvents.commandDone, [0, 3, 9, 40, 0, 0], "command_done gpu=0 op=PREEMPT seqno=9 latency_us=40"],
    [deviceEvents.fault, [0, 1, 0x1000, 2, 0, 0], "fault gpu=0 context=1 va=0x1000 kind=add"],
    [deviceEvents.fault, [0, 1, 0x1000, 7, 0, 0], "fault gpu=0 context=1 va=0x1000 kind=7"], // none of the kinds there are
    [driverEvents.fenceWait, [0, 0, 0, 0, 0, 0], "fence_wait "],
  ])("is a line with its arguments: %#", (id, values, text) => {
    const line = eventLine({ taskName: () => "cpu0", nameOf }, { id, values, task: 1, time: 2.25 });
    expect(line).toBe(`         2.3 cpu0         ${text}`);
  });
});
