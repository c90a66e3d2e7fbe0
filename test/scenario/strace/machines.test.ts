import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parseStrace, readStrace } from "../../../src/scenario/strace/reader.ts";

const FIELD = join(import.meta.dirname, "../../fixtures/field");
const mmap = (addr: string, length = 4096) => `mmap(NULL, ${length}, PROT_READ, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = ${addr}`;

describe("logs of other machines", () => {
  test("32 bits: mmap2, with offsets in pages", () => {
    const { ops, unknown } = readStrace(join(FIELD, "01-i386-mmap2.strace"));
    expect(ops.map(({ call }) => call)).toEqual(["brk", "mmap", "mmap", "mmap", "mmap", "mprotect", "munmap", "brk"]);
    expect(ops[4].offset).toBe(0x18000);
    expect([...unknown.keys()]).not.toContain("mmap2");
  });

  test("32 bits under a 64-bit strace: results with their sign", () => {
    const { ops } = readStrace(join(FIELD, "05-sign-extended-32bit.strace"));
    expect(ops.map(({ result }) => result)).toEqual([0x804b000, 0xf7fdd000, 0xf7fd8000, 0, 0]);
  });

  test("48 bits: moved into 47, one to one", () => {
    const { ops, footprint } = readStrace(join(FIELD, "03-aarch64-48bit.strace"));
    expect(ops).toHaveLength(6);
    const [first, second] = ops.map(({ result }) => result);
    expect(second - first).toBe(0xfff4b6498000 - 0xfff4b6475000);
    expect(footprint.end).toBeLessThanOrEqual(2 ** 47);
  });

  test("57 bits: what does not touch stays apart, what touches stays together, and nothing below moves", () => {
    const { ops } = parseStrace("log", [
      mmap("0x1fff00000000000", 2 ** 40),
      mmap("0x1fff10000000000"),
      mmap("0x7f0000000000"),
      mmap("0x100000000000000"),
      "munmap(0x1fff10000000000, 4096) = 0",
      "munmap(0xfff00000000000, 4096) = -1 EINVAL (Invalid argument)",
    ]);
    const [huge, behind, low, far] = ops.map(({ result }) => result);
    expect(behind).toBe(huge + 2 ** 40);
    expect(low).toBe(0x7f0000000000);
    expect(ops[4].addr).toBe(behind);
    expect(new Set([huge, behind, low, far].map((addr) => Math.floor(addr / 2 ** 40))).size).toBe(4);
    for (const { addr, result } of ops) expect(Math.max(addr, result)).toBeLessThan(2 ** 47);
  });

  test("protections that only CPUs of arm64 and powerpc know", () => {
    const { ops, skipped } = parseStrace("log", ["mprotect(0x1000, 4096, PROT_READ|PROT_EXEC|PROT_BTI|PROT_MTE) = 0"]);
    expect({ prot: ops[0].prot, skipped }).toEqual({ prot: 5, skipped: null });
  });
});
