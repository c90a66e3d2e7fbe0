import { describe, expect, test } from "vitest";
import { atMost } from "../../src/bench/figure.ts";
import type { MachineFacts } from "../../src/bench/machine_facts.ts";
import { factLines, missedBars, renderBenchJson, sectionLines, verdictLines, type Section } from "../../src/bench/report.ts";
import { plain } from "../../src/report/paint.ts";

const MACHINE: MachineFacts = {
  cpu: "A CPU",
  cores: 2,
  memoryBytes: 8 * 2 ** 30,
  system: "linux 6.1 x64",
  node: "v20.20.2",
  load: 0.04,
};

const SECTION: Section = {
  name: "speed",
  summary: "how fast it is",
  figures: [
    { name: "fast", unit: "us", value: 1210, against: { name: "latency", value: 1000 }, bar: atMost(1.35) },
    { name: "slow one", unit: "ns", value: 812.4, against: { name: "other", value: 200 }, bar: atMost(3) },
    { name: "size", unit: "bytes", value: 40, against: null, bar: null },
  ],
  notes: ["A note."],
};

describe("table", () => {
  test("each figure, what it is compared with, the ratio, the bar, the verdict", () => {
    expect(sectionLines(SECTION, plain)).toStrictEqual([
      "speed",
      "  how fast it is",
      "  fast      1.21 ms  latency 1 ms  1.21x  at most 1.35x  ok",
      "  slow one   812 ns  other 200 ns  4.06x     at most 3x  MISSED",
      "  size         40 B",
      "  A note.",
      "",
    ]);
  });

  test("the end names what was missed", () => {
    expect(verdictLines([SECTION], plain)).toStrictEqual([
      "FAIL  1 of 2 bars missed:",
      "        speed: slow one: 4.06x, at most 3x",
    ]);
    expect(verdictLines([{ ...SECTION, figures: SECTION.figures.slice(0, 1) }], plain)).toStrictEqual([
      "PASS  1 bar, none missed",
    ]);
  });

  test("a figure that could not be measured is missed, and said so", () => {
    const unmeasured = { ...SECTION, figures: [{ ...SECTION.figures[0], value: Number.NaN }] };
    expect(missedBars([unmeasured])).toStrictEqual(["speed: fast: not measured, at most 1.35x"]);
  });

  test("the machine, with a warning if it is busy", () => {
    expect(factLines(MACHINE)).toStrictEqual([
      "  machine  A CPU, 2 cores, 8 GiB",
      "  running  Node v20.20.2, linux 6.1 x64",
      "  load     0.0",
      "",
    ]);
    expect(factLines({ ...MACHINE, load: 3 })[2]).toBe("  load     3.0: other programs are running, figures may be too high");
  });
});

test("JSON: ratio and verdict beside each figure", () => {
  expect(JSON.parse(renderBenchJson(MACHINE, [SECTION]))).toMatchObject({
    verdict: "fail",
    missed: ["speed: slow one: 4.06x, at most 3x"],
    machine: MACHINE,
    benchmarks: [
      {
        name: "speed",
        figures: [
          { ratio: 1.21, verdict: "met" },
          { ratio: 4.062, verdict: "missed" },
          { ratio: null, verdict: null },
        ],
        notes: ["A note."],
      },
    ],
  });
});
