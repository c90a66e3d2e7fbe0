import { expect, test } from "vitest";
import { deviceEvents } from "../../../../src/device/tracepoints.ts";
import { FRAME_PAGE_TABLE, FRAME_SYSTEM } from "../../../../src/machine/physical.ts";
import { mkPte, PTE_PRESENT } from "../../../../src/machine/pte.ts";
import { CPU0, DATA, GPU0, Rig, TABLE, VA, VM } from "../../rig.ts";

test("an access to what the process maps is no violation", () => {
  const rig = new Rig();
  rig.commit();
  const translation = rig.fill();
  rig.gpuWrite(translation);
  rig.gpuRead(translation);
  expect(rig.messages).toEqual([]);
});

test("flush skipped: an access to a frame that was freed is told with who freed it", () => {
  const rig = new Rig();
  rig.commit();
  const translation = rig.fill();
  rig.unmap(CPU0, VA);
  rig.free(CPU0, DATA);
  rig.gpuWrite(translation);
  expect(rig.rules).toEqual(["stale-access"]);
  expect(rig.messages[0]).toMatch(
    /gpu0 wrote 0x7000000c .* generation 0 of frame 3, .* now generation 1: frame 3 was freed by cpu0 at \d+ us, last mapped .* at 0x70000000/,
  );
});

test("a frame that came back to the same address is still another one", () => {
  const rig = new Rig();
  rig.commit();
  const translation = rig.fill();
  rig.unmap(CPU0, VA);
  rig.free(CPU0, DATA);
  rig.alloc(DATA, FRAME_SYSTEM);
  rig.map(VA, DATA);
  rig.gpuRead(translation);
  expect(rig.rules).toEqual(["stale-access"]);
});

test("a page-table entry that was forgotten is stale even if it is walked anew", () => {
  const rig = new Rig();
  rig.commit();
  rig.unmap(CPU0, VA);
  rig.free(CPU0, DATA);
  rig.alloc(DATA, FRAME_SYSTEM);
  rig.map(VA, DATA);
  rig.gpuRead(rig.fill());
  expect(rig.rules).toEqual(["stale-access"]);
});

test("commit without read_retry: the process maps another frame by now", () => {
  const rig = new Rig();
  rig.alloc(7, FRAME_SYSTEM);
  rig.map(VA, 7);
  rig.commit(VA, DATA);
  rig.gpuWrite(rig.fill(VA, DATA), 1, VA, DATA);
  expect(rig.messages).toEqual(["gpu0 wrote 0x7000000c in frame 3, but mm maps frame 7 there"]);
});

test("a write after write permission was taken away is a violation, a read is not", () => {
  const rig = new Rig();
  rig.commit();
  const translation = rig.fill();
  rig.map(VA, DATA, PTE_PRESENT);
  rig.gpuRead(translation);
  expect(rig.rules).toEqual([]);
  rig.gpuWrite(translation);
  expect(rig.messages).toEqual(["gpu0 wrote 0x7000000c in frame 3, but mm maps it without write permission there"]);
});

test("a translation from the CPU's own table may be used until it is flushed, but not once the frame is freed", () => {
  const rig = new Rig();
  rig.alloc(6, FRAME_PAGE_TABLE);
  rig.hit(GPU0, deviceEvents.tlbFill, 0, VM, VA, mkPte(DATA, PTE_PRESENT), rig.physical.entry(6, 0), 1);
  rig.unmap(CPU0, VA);
  rig.gpuRead(1);
  expect(rig.rules).toEqual([]);
  rig.free(CPU0, DATA);
  rig.gpuRead(1);
  expect(rig.rules).toEqual(["stale-access"]);
});

test("an entry of which no commit was announced is not judged by generations", () => {
  const rig = new Rig();
  rig.free(CPU0, DATA);
  rig.alloc(DATA, FRAME_SYSTEM);
  rig.gpuRead(rig.fill());
  expect(rig.messages).toEqual([]);
});

test("a translation that many newer ones have displaced from memory is not judged", () => {
  const rig = new Rig();
  rig.commit();
  const translation = rig.fill();
  for (let i = 0; i < 4096; i++) rig.fill();
  rig.free(CPU0, DATA);
  rig.gpuRead(translation);
  expect(rig.rules).toEqual([]);
});

test("an entry of a freed and reused table says nothing about its former life", () => {
  const rig = new Rig();
  rig.commit();
  rig.free(CPU0, TABLE);
  rig.alloc(TABLE, FRAME_SYSTEM);
  rig.gpuRead(rig.fill());
  expect(rig.messages).toEqual([]);
});
