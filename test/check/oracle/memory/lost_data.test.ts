import { expect, test } from "vitest";
import { driverEvents } from "../../../../src/driver/tracepoints.ts";
import { ACCESS_ADD, kernelEvents } from "../../../../src/kernel/tracepoints.ts";
import { FRAME_SYSTEM, FRAME_ZERO } from "../../../../src/machine/physical.ts";
import { mkPte, PTE_SWAP } from "../../../../src/machine/pte.ts";
import { CPU0, CPU1, DATA, GPU_WORD, MM, Rig, VA } from "../../rig.ts";

const COPY = 8;
const SLOT = 2;

/** Copy the content of a page. */
function copyContent(rig: Rig, from: number, to: number): void {
  const first = rig.physical.entry(from, 0);
  rig.words.copyWithin(rig.physical.entry(to, 0), first, first + 4);
}

/** The copy takes the page's place in the page table. */
function install(rig: Rig, from: number, to: number): void {
  rig.hit(CPU0, kernelEvents.pageCopied, from, to);
  rig.map(VA, to);
}

function quiescence(rig: Rig): void {
  rig.oracles[CPU0 - 1].atQuiescence(rig.tasks[CPU0 - 1], []);
}

test("what CPUs and GPU write and add is found again, also after a copy", () => {
  const rig = new Rig();
  rig.commit();
  rig.gpuWrite(rig.fill(), 77);
  rig.cpuWrite(CPU0, DATA, 55);
  rig.alloc(COPY, FRAME_SYSTEM);
  copyContent(rig, DATA, COPY);
  install(rig, DATA, COPY);
  rig.free(CPU0, DATA);
  rig.commit(VA, COPY);
  rig.gpuRead(rig.fill(VA, COPY), VA, COPY);
  rig.cpuRead(CPU0, COPY);
  quiescence(rig);
  expect(rig.messages).toEqual([]);
});

test("a write between the copy of the content and its installation is lost, and missed by its writer", () => {
  const rig = new Rig();
  rig.commit();
  const translation = rig.fill();
  rig.alloc(COPY, FRAME_SYSTEM);
  copyContent(rig, DATA, COPY);
  rig.gpuWrite(translation, 77);
  install(rig, DATA, COPY);
  rig.tlb.clear();
  rig.commit(VA, COPY);
  rig.gpuRead(rig.fill(VA, COPY), VA, COPY);
  expect(rig.messages).toEqual(["gpu0 read 0 from the word of writer 2 at 0x7000000c (frame 8), it had written 77"]);
});

test("a write to a frame that the process has no longer there is lost", () => {
  const rig = new Rig();
  rig.commit();
  const translation = rig.fill();
  rig.alloc(COPY, FRAME_SYSTEM);
  copyContent(rig, DATA, COPY);
  install(rig, DATA, COPY);
  rig.gpuWrite(translation, 77);
  quiescence(rig);
  expect(rig.rules).toEqual(["lost-data", "lost-data", "stale-access"]);
  expect(rig.messages[0]).toContain("frame 3 holds 77 in the word of writer 2, it should hold 0");
  expect(rig.messages[1]).toContain("frame 8 holds 0 in the word of writer 2, it should hold 77");
});

test("through swap and back, shared by two page tables", () => {
  const rig = new Rig();
  rig.cpuWrite(CPU0, DATA, 55);
  rig.unmap(CPU0, VA);
  rig.hit(CPU0, kernelEvents.swapOut, DATA, SLOT);
  rig.free(CPU0, DATA);
  rig.alloc(DATA, FRAME_SYSTEM);
  rig.hit(CPU0, kernelEvents.swapIn, SLOT, DATA);
  rig.words[rig.physical.entry(DATA, CPU0)] = 55;
  rig.map(VA, DATA);
  rig.cpuRead(CPU0, DATA);
  rig.alloc(COPY, FRAME_SYSTEM);
  rig.hit(CPU0, kernelEvents.swapIn, SLOT, COPY);
  quiescence(rig);
  expect(rig.messages[0]).toContain("frame 8 holds 0 in the word of writer 0, it should hold 55");
  expect(rig.rules).toEqual(["lost-data"]);
});

test("an access while the page is swapped out is oracle 1's business", () => {
  const rig = new Rig();
  rig.cpuPtes.set(VA, mkPte(SLOT, PTE_SWAP));
  rig.cpuWrite(CPU0, DATA, 55);
  expect(rig.rules).toEqual([]);
});

test("everybody adds to the counter; a sum that is short shows at quiescence", () => {
  const rig = new Rig();
  const add = (task: number, isDone: boolean) => {
    if (isDone) rig.words[rig.physical.counterWord(DATA)]++;
    rig.hit(task, kernelEvents.cpuAccess, MM, VA, DATA, ACCESS_ADD, 0, 1);
  };
  add(CPU0, true);
  add(CPU1, true);
  quiescence(rig);
  expect(rig.messages).toEqual([]);
  add(CPU1, false);
  quiescence(rig);
  expect(rig.messages[0]).toContain("frame 3 holds 2 in the counter, it should hold 3");
});

test("others' words are not judged while they may be between a write and its mirror", () => {
  const rig = new Rig();
  rig.words[rig.physical.entry(DATA, CPU1)] = 66;
  rig.cpuRead(CPU0, DATA, CPU1);
  expect(rig.messages).toEqual([]);
});

test("something written to the page of zeros", () => {
  const rig = new Rig();
  rig.alloc(1, FRAME_ZERO);
  rig.words[rig.physical.entry(1, GPU_WORD)] = 77;
  quiescence(rig);
  expect(rig.messages[0]).toContain("frame 1 holds 77 in the word of writer 2, it should hold 0");
});

test("of an address space that nobody announced, accesses are taken as they are", () => {
  const rig = new Rig();
  rig.hit(CPU0, driverEvents.vmClose, 0, 0x2000);
  rig.commit();
  const translation = rig.fill();
  rig.cpuPtes.clear();
  rig.gpuWrite(translation, 77);
  quiescence(rig);
  expect(rig.rules).toEqual([]);
});

test("a page that is freed holds what was written to it, also to the words that nobody read again", () => {
  const rig = new Rig();
  rig.cpuWrite(CPU0, DATA, 55);
  rig.unmap(CPU1, VA);
  rig.free(CPU1, DATA);
  expect(rig.messages).toEqual([]);
});

test("an addition lost by two that read, added and wrote shows when the page is freed", () => {
  const rig = new Rig();
  rig.hit(CPU0, kernelEvents.cpuAccess, MM, VA, DATA, ACCESS_ADD, 0, 1);
  rig.hit(CPU1, kernelEvents.cpuAccess, MM, VA, DATA, ACCESS_ADD, 0, 1);
  rig.words[rig.physical.counterWord(DATA)] = 1;
  rig.unmap(CPU1, VA);
  rig.free(CPU1, DATA);
  expect(rig.messages[0]).toContain("frame 3 holds 1 in the counter, it should hold 2");
});

test("a copy that was made in vain is freed without questions", () => {
  const rig = new Rig();
  rig.cpuWrite(CPU0, DATA, 55);
  rig.alloc(COPY, FRAME_SYSTEM);
  copyContent(rig, DATA, COPY);
  rig.free(CPU0, COPY);
  expect(rig.messages).toEqual([]);
});
