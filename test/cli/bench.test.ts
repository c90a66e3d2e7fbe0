import { CommanderError } from "commander";
import { afterEach, describe, expect, test, vi } from "vitest";
import { BENCHMARKS } from "../../src/bench/catalogue.ts";
import { benchMain, parseBenchOptions } from "../../src/cli/bench.ts";

function names(...args: string[]): string[] {
  return parseBenchOptions(["node", "bench.ts", ...args]).benchmarks.map(({ name }) => name);
}

afterEach(() => {
  vi.restoreAllMocks();
});

describe("options", () => {
  test("all benchmarks but those that have to be named", () => {
    expect(names()).toStrictEqual([
      "two-pass-scaling",
      "empty-invalidation",
      "interval-tree",
      "boot",
      "explorer",
      "explorer-jobs",
      "simulator-speed",
      "executors-agree",
      "compare-default",
    ]);
    expect(BENCHMARKS.filter(({ isOnDemand }) => isOnDemand).map(({ name }) => name)).toStrictEqual([
      "memory-growth",
      "explorer-memory",
    ]);
  });

  test("--only, in the order of the list", () => {
    expect(names("--only", "boot,two-pass-scaling")).toStrictEqual(["two-pass-scaling", "boot"]);
    expect(names("--only", "memory-growth")).toStrictEqual(["memory-growth"]);
  });

  test.each([["--only", "boots"], ["--only", ""], ["--jsn"], ["more"]])(
    "%s %s: bad usage, one line that says what is allowed",
    async (...args) => {
      const stderr = vi.spyOn(process.stderr, "write").mockReturnValue(true);
      expect(await benchMain(["node", "bench.ts", ...args])).toBe(2);
      expect(stderr.mock.calls).toHaveLength(1);
      expect(() => names(...args)).toThrow(CommanderError);
    },
  );

  test("--help names every benchmark and ends well", async () => {
    const stdout = vi.spyOn(process.stdout, "write").mockReturnValue(true);
    expect(await benchMain(["node", "bench.ts", "--help"])).toBe(0);
    const help = stdout.mock.calls.map(([text]) => String(text)).join("");
    for (const { name, summary } of BENCHMARKS) {
      expect(help).toContain(name);
      expect(help.replaceAll(/\s+/g, " ")).toContain(summary);
    }
  });
});
