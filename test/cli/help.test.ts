import { afterEach, expect, it, vi } from "vitest";
import { benchMain } from "../../src/cli/bench.ts";
import { compareMain } from "../../src/cli/compare/compare.ts";
import { conformMain } from "../../src/cli/conform.ts";
import { corpusMain } from "../../src/cli/corpus.ts";
import { huntMain } from "../../src/cli/hunt/hunt.ts";
import { killMatrixMain } from "../../src/cli/kill_matrix.ts";
import { killsMain } from "../../src/cli/kills.ts";
import { replayMain } from "../../src/cli/replay.ts";
import { sctbenchMain } from "../../src/cli/sctbench.ts";
import { stressMain } from "../../src/cli/stress/stress.ts";
import { columns } from "../../src/report/text.ts";

afterEach(() => {
  vi.restoreAllMocks();
});

it.each([
  benchMain,
  compareMain,
  conformMain,
  corpusMain,
  huntMain,
  killMatrixMain,
  killsMain,
  replayMain,
  sctbenchMain,
  stressMain,
])("$name helps within 80 columns, and ends with 0", async (main) => {
  let help = "";
  vi.spyOn(process.stdout, "write").mockImplementation((text) => ((help += String(text)), true));
  expect(await main(["node", "command.ts", "--help"])).toBe(0);
  expect(help).toMatch(/^Usage: /);
  for (const line of help.split("\n")) expect(columns(line)).toBeLessThanOrEqual(80);
});
