import { expect, test } from "vitest";
import { RING_EVENTS } from "../../../src/check/record/flight_recorder.ts";
import { kernelEvents } from "../../../src/kernel/tracepoints.ts";
import { deviceEvents } from "../../../src/device/tracepoints.ts";
import { mkPte, PTE_PRESENT, PTE_SWAP, PTE_WRITE, PTE_ZERO_PAGE } from "../../../src/machine/pte.ts";
import { CPU0, CPU1, GPU0, MM, Rig, SUB, VA } from "../rig.ts";

test("events of all threads, in the order in which they happened, with names", () => {
  const rig = new Rig();
  rig.hit(CPU1, kernelEvents.invalidateRangeStart, MM, VA, VA + 4096, 0, 1, 5);
  rig.hit(GPU0, deviceEvents.tlbLookup, 0, 2); // not shown
  rig.hit(GPU0, deviceEvents.resumed, 0, 2);
  rig.hit(CPU0, kernelEvents.readBegin, SUB, 3, 1);
  const lines = rig.oracles[CPU0 - 1].recentEvents(rig.words, 3).map((line) => line.replace(/^ *\d+\.\d +/, ""));
  expect(lines).toEqual([
    "cpu1         invalidate_range_start mm=mm start=0x70000000 end=0x70001000 event=UNMAP blockable=1 range=5",
    "gpu0         resumed gpu=0 context=2",
    "cpu0         read_begin sub=sub seq=3 waited=1",
  ]);
});

test("page-table entries are told as frame and permission", () => {
  const rig = new Rig();
  const told = (pte: number) => {
    rig.hit(CPU0, kernelEvents.pteClear, MM, VA, pte);
    return rig.oracles[CPU0 - 1].recentEvents(rig.words, 1)[0].match(/old_pte=(.*)$/)?.[1];
  };
  expect(told(mkPte(17, PTE_PRESENT | PTE_WRITE))).toBe("17w");
  expect(told(mkPte(17, PTE_PRESENT))).toBe("17r");
  expect(told(mkPte(4, PTE_SWAP))).toBe("swap 4");
  expect(told(mkPte(0, PTE_PRESENT | PTE_ZERO_PAGE))).toBe("zero");
  expect(told(0)).toBe("none");
});

test("a ring keeps the last events only", () => {
  const rig = new Rig();
  for (let i = 0; i < 2 * RING_EVENTS; i++) rig.hit(CPU0, deviceEvents.resumed, i, 0);
  const lines = rig.oracles[CPU1 - 1].recentEvents(rig.words, 10_000);
  expect(lines).toHaveLength(RING_EVENTS);
  expect(lines[0]).toContain(`gpu=${RING_EVENTS} `);
});

test("a violation is told with the event that broke the rule as the last one", () => {
  const rig = new Rig();
  rig.commit();
  const translation = rig.fill();
  rig.free(CPU0, 3);
  rig.gpuRead(translation);
  const [violation] = rig.oracles[GPU0 - 1].violations();
  expect(violation.task).toBe("gpu0");
  expect(violation.recent.at(-1)).toContain("device_access gpu=0 va=0x7000000c pfn=3 kind=read");
  expect(violation.recent.some((line) => line.includes("cpu0") && line.includes("page_free pfn=3"))).toBe(true);
});
