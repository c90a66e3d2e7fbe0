import { expect, it } from "vitest";
import { isSameMemory } from "../../../src/scenario/strace/overlap.ts";
import { parseStrace } from "../../../src/scenario/strace/reader.ts";

function sameMemory(first: string, second: string): boolean {
  const [a, b] = parseStrace("log", [`1 ${first}`, `1 ${second}`]).ops;
  return isSameMemory(a, b);
}

it("orders calls about the same memory, and no others", () => {
  const map = "mmap(NULL, 8192, PROT_READ, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0x7f0000000000";
  expect(sameMemory(map, "munmap(0x7f0000001000, 4096) = 0")).toBe(true);
  expect(sameMemory(map, "munmap(0x7f0000002000, 4096) = 0")).toBe(false);
  expect(sameMemory(map, "brk(NULL) = 0x5000")).toBe(false);
  expect(sameMemory("brk(NULL) = 0x5000", "brk(0x6000) = 0x6000")).toBe(true);
  expect(sameMemory("mremap(0x10000, 4096, 4096, MREMAP_MAYMOVE) = 0x30000", "munmap(0x10000, 4096) = 0")).toBe(true);
  expect(sameMemory("mremap(0x10000, 4096, 4096, MREMAP_MAYMOVE) = 0x30000", "munmap(0x30000, 4096) = 0")).toBe(true);
});
