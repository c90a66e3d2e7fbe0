import { readdirSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { imageOf } from "../../../src/scenario/strace/image.ts";
import { parseStrace, readStrace } from "../../../src/scenario/strace/reader.ts";

const PAGE = 4096;
const image = (...lines: string[]) => imageOf(parseStrace("log", lines)).map(({ start, end }) => [start / PAGE, end / PAGE]);

describe("what execve has mapped", () => {
  test("is what calls succeed on that no call has mapped", () => {
    expect(image("mprotect(0x5000, 4096, PROT_READ) = 0", "madvise(0x5000, 8192, MADV_DONTNEED) = 0")).toStrictEqual([
      [5, 6],
      [6, 7],
    ]);
    expect(image("mremap(0x5000, 4096, 8192, MREMAP_MAYMOVE) = 0x9000", "mprotect(0x9000, 8192, PROT_NONE) = 0")).toStrictEqual([
      [5, 6],
    ]);
  });

  test("is not what was mapped, the heap, or what calls failed on", () => {
    expect(
      image(
        "mmap(NULL, 5000, PROT_READ, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0x5000",
        "mprotect(0x5000, 8192, PROT_READ) = 0",
        "mprotect(0x1000, 8192, PROT_READ) = -1 ENOMEM (Cannot allocate memory)",
        "munmap(0x1000, 8192) = 0",
        "brk(NULL) = 0x20000",
        "brk(0x23000) = 0x23000",
        "madvise(0x21000, 8192, MADV_DONTNEED) = 0",
      ),
    ).toStrictEqual([]);
  });

  test("of a recorded program: two ranges made read-only after relocation, its own and its interpreter's", () => {
    for (const name of readdirSync("examples/workloads").filter((file) => file.endsWith(".gz"))) {
      const log = readStrace(`examples/workloads/${name}`);
      const ranges = imageOf(log);
      expect(new Set(ranges.map(({ space }) => space)).size).toBe(log.spaces);
      expect(ranges).toHaveLength(2 * log.spaces);
    }
  });

  test("agrees with a set of pages", () => {
    const call = fc.record({ isMmap: fc.boolean(), page: fc.nat(30), pages: fc.integer({ min: 1, max: 6 }) });
    fc.assert(
      fc.property(fc.array(call, { minLength: 1, maxLength: 30 }), (calls) => {
        const known = new Set<number>();
        const expected: number[] = [];
        for (const { isMmap, page, pages } of calls) {
          for (let i = page; i < page + pages; i++) {
            if (!isMmap && !known.has(i)) expected.push(i);
            known.add(i);
          }
        }
        const hex = (page: number) => `0x${(page * PAGE).toString(16)}`;
        const found = image(
          ...calls.map(({ isMmap, page, pages }) =>
            isMmap
              ? `mmap(NULL, ${pages * PAGE}, PROT_READ, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = ${hex(page)}`
              : `mprotect(${hex(page)}, ${pages * PAGE}, PROT_READ) = 0`,
          ),
        );
        expect(found.flatMap(([start, end]) => Array.from({ length: end - start }, (_, i) => start + i))).toStrictEqual(expected);
      }),
    );
  });
});
