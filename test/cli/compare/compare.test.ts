import { CommanderError } from "commander";
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { parseCompareOptions } from "../../../src/cli/compare/compare_options.ts";
import { comparePlan } from "../../../src/cli/compare/compare_plan.ts";
import { CostsError, readCosts } from "../../../src/cli/compare/costs_file.ts";
import { EXPERIMENTS } from "../../../src/compare/catalogue.ts";
import { DRIVER_NAMES } from "../../../src/driver/catalogue.ts";
import { DEFAULT_COSTS } from "../../../src/executor/simulator/costs.ts";
import type { Comparison } from "../../../src/report/comparison.ts";
import { columns } from "../../../src/report/text.ts";
import { command } from "../command.ts";

const folder = mkdtempSync(join(tmpdir(), "shootdown-"));
const file = (name: string, text?: string) => {
  if (text !== undefined) writeFileSync(join(folder, name), text);
  return join(folder, name);
};
const SMALL = ["--experiments", "scaling", "--designs", "single-pass,two-pass", "--gpus", "1,3", "--tlb-latency-us", "10"];

const compare = (...args: string[]) => command("compare.ts", args);
const parse = (...args: string[]) => parseCompareOptions(["node", "compare.ts", ...args]);

afterEach(() => {
  vi.restoreAllMocks();
});

describe("bad usage and input: one line that says what there is", () => {
  it.each([
    [["--designs", "two-pass,i915"], /There is no "i915"\. Allowed: all, two-pass, single-pass, /],
    [["--designs", "two-pass,"], /An item between commas is missing\./],
    [["--drivers", "n-pass,two-pass"], /a kernel has one notifier core: n-pass needs .*, two-pass needs /],
    [["--experiments", "speed"], /There is no "speed"\. Allowed: all, scaling/],
    [
      ["--experiments", "mixes,readers", "--gpus", "4"],
      /--gpus: the experiments asked for have machines of their own\. Allowed: with scaling\./,
    ],
    [["--experiments", "mixes", "--drivers", "kvm,two-pass"], /--drivers: .* Allowed: with scaling or overview\./],
    [["--gpus", "1,,2"], /'1,,2' is invalid\. An item between commas is missing\./],
    [["--gpus", "0"], /Allowed: a whole number from 1 to 4096\./],
    [["--gpus", "1,4097"], /Allowed: a whole number from 1 to 4096\./],
    [["--gpus", "4,2"], /2 comes after 4\./],
    [["--gpus", "2,2"], /2 comes after 2\./],
    [["--tlb-latency-us", "fast"], /Allowed: a number from 0 to 10000000\./],
    [["--mix", "40,slow"], /"slow" is no latency\. Allowed: US, uniform:LOW:HIGH, log-normal:MEDIAN:P99, file:HISTOGRAM/],
    [["--mix", "uniform:60:20"], /the smaller number first/],
    [["--mix", "log-normal:0:20"], /is no latency/],
    [["--mix", `file:${file("missing.txt")}`], /missing\.txt cannot be read \(ENOENT\)/],
    [["--mix", `file:${file("words.txt", "# measured\n1 1\n5 x\n")}`], /words\.txt:3: "5 x" is not FROM_US COUNT/],
    [["--mix", `file:${file("order.txt", "10 1\n20 1\n20 0\n")}`], /order\.txt:3: 20 us does not come after 20 us/],
    [["--mix", `file:${file("open.txt", "10 1\n20 1\n")}`], /open\.txt: the last row only ends the bucket before/],
    [["--mix", `file:${file("short.txt", "10 1\n")}`], /short\.txt: 1 rows; a histogram needs a bucket/],
    [["--mix", `file:${file("empty.txt", "10 0\n20 0\n")}`], /empty\.txt: no bucket has a count/],
    [["--mix", "40", "--tlb-latency-us", "2"], /cannot be used with option/],
    [["--executor", "hardware"], /Allowed: simulator, threads\./],
    [["--executor", "threads", "--gpus", "17"], /17 GPUs are too many, each is a thread\. Allowed: up to 16\./],
    [["--executor", "threads", "--costs", "x"], /--costs are those of the simulator/],
    [["--seed", "-1"], /Allowed: a whole number from 0 to 4294967295/],
    [["--svg", ""], /Allowed: the path of a folder/],
    [["--json", ""], /Allowed: the path of a file, or - for standard output\./],
    [["--json", "-", "--markdown", "-"], /--json - and --markdown - cannot both go to standard output\./],
    [["more"], /too many arguments/],
  ])("%j", (args, message) => {
    const stderr = vi.spyOn(process.stderr, "write").mockReturnValue(true);
    expect(() => parse(...args)).toThrow(CommanderError);
    const printed = stderr.mock.calls.map(([text]) => String(text)).join("");
    expect(printed).toMatch(message);
    expect(printed.trimEnd().split("\n")).toHaveLength(1);
  });

  it.each([
    ['{"wakeupNs": 1}', /there is no cost "wakeupNs"; there are accessNs, /],
    ['{"wakeUpNs": -1}', /wakeUpNs is negative: -1$/],
    ['{"wakeUpNs": "1"}', /wakeUpNs is not a number: "1"$/],
    ['{"wakeUpNs": null}', /wakeUpNs is not a number: null$/],
    ['{"wakeUpNs": 1e999}', /wakeUpNs is not finite: Infinity$/],
    ['{"wakeUpNs": NaN}', /not JSON: .*NaN/],
    ["[1]", /it is not one JSON object$/],
    ["{", /not JSON: /],
  ])("costs %s", (text, message) => {
    const costs = file("costs.json", text);
    expect(() => readCosts(costs)).toThrow(CostsError);
    expect(() => readCosts(costs)).toThrow(message);
    expect(() => readCosts(costs)).toThrow(/^--costs .*costs\.json: .*$/);
  });

  it("a design of the user's that is not there", async () => {
    await expect(comparePlan(parse("--designs", "./no/such.ts"))).rejects.toThrow(/no\/such\.ts: no such file/);
  });

  it("as a user sees it", async () => {
    const { code, stdout, stderr } = await compare("--designs", "i915");
    expect(stderr.trimEnd().split("\n")).toHaveLength(1);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  });
});

describe("what was asked for", () => {
  it("is everything, if nothing is said", () => {
    expect(parse()).toMatchObject({
      experiments: EXPERIMENTS,
      designs: DRIVER_NAMES,
      tlbLatencyUs: [2, 40, 100],
      mix: null,
      executor: "simulator",
      seed: 1,
    });
    expect(parse("--designs", "all", "--experiments", "all")).toMatchObject({ experiments: EXPERIMENTS, designs: DRIVER_NAMES });
  });

  it("is a mixture of drivers beside those that it is made of, or beside others", () => {
    expect(parse("--drivers", "xe-userptr,single-pass").designs).toEqual(["xe-userptr", "single-pass", "xe-userptr,single-pass"]);
    expect(parse("--drivers", "xe-userptr,single-pass", "--designs", "two-pass").designs).toEqual([
      "two-pass",
      "xe-userptr,single-pass",
    ]);
  });

  it("is a mix of latencies", () => {
    const histogram = file("good.txt", "# from an analyser\n10 3\n\n  20\t1\n40 0\n");
    const { mix, tlbLatencyUs } = parse("--mix", `40,uniform:20:60,log-normal:40:100,file:${histogram}`);
    expect(mix).toEqual([
      40,
      { kind: "uniform", lowUs: 20, highUs: 60 },
      { kind: "log-normal", medianUs: 40, p99Us: 100 },
      { kind: "measured", fromUs: [10, 20, 40], counts: [3, 1] },
    ]);
    expect(tlbLatencyUs).toEqual([40]);
  });

  it("is some of the costs otherwise", () => {
    expect(readCosts(file("slow.json", '{"wakeUpNs": 10000, "spinNs": 0}'))).toEqual({
      ...DEFAULT_COSTS,
      wakeUpNs: 10_000,
      spinNs: 0,
    });
  });

  it("is said again, without what does not matter", () => {
    expect(parse("--json=x", "--gpus=1,2", "--jobs", "1", "--designs", "two-pass").again).toEqual([
      "--designs",
      "two-pass",
      "--gpus",
      "1,2",
    ]);
  });
});

it("helps within 80 columns, with every experiment and design in it", () => {
  const stdout = vi.spyOn(process.stdout, "write").mockReturnValue(true);
  expect(() => parse("--help")).toThrow(CommanderError);
  const help = stdout.mock.calls.map(([text]) => String(text)).join("");
  for (const line of help.split("\n")) expect(columns(line)).toBeLessThanOrEqual(80);
  for (const name of [...EXPERIMENTS.map((experiment) => experiment.name), ...DRIVER_NAMES]) expect(help).toContain(name);
});

describe("a comparison", () => {
  it("ends with 0, tables for people, plots, a document and a JSON object", async () => {
    const { code, stdout } = await compare(
      ...SMALL,
      "--json",
      file("out.json"),
      "--svg",
      file("plots"),
      "--markdown",
      file("report.md"),
    );
    expect(stdout).toMatch(/^configuration\n {2}seed +1\n/);
    expect(stdout).toMatch(/\nscaling: How does each design scale/);
    expect(stdout).toMatch(/\nPASS {2}1 experiment, 4 trials in /);
    for (const line of stdout.split("\n")) expect(columns(line)).toBeLessThanOrEqual(80);
    expect(code).toBe(0);
    const result = JSON.parse(readFileSync(file("out.json"), "utf8")) as Comparison;
    expect(result).toMatchObject({ verdict: "pass", seed: 1, executor: "simulator", interrupted: false, warnings: [] });
    expect(result.experiments[0].trials.map(({ labels }) => labels)).toEqual([
      { TLB: 10, GPUs: 1, design: "single-pass" },
      { TLB: 10, GPUs: 3, design: "single-pass" },
      { TLB: 10, GPUs: 1, design: "two-pass" },
      { TLB: 10, GPUs: 3, design: "two-pass" },
    ]);
    expect(readdirSync(file("plots"))).toEqual(["scaling-10us-designs.svg"]);
    const markdown = readFileSync(file("report.md"), "utf8");
    expect(markdown).toContain("](plots/scaling-10us-designs.svg)");
    expect(markdown).toContain("npx tsx scripts/compare.ts --experiments scaling");
  });

  it("keeps standard output to the data that was asked for", async () => {
    const { code, stdout, stderr } = await compare(...SMALL, "--gpus", "2", "--seed", "9", "--json", "-");
    expect(JSON.parse(stdout)).toMatchObject({
      verdict: "pass",
      seed: 9,
      reproduce: expect.stringMatching(/--gpus 2 .*--seed 9$/) as string,
    });
    expect(stderr).toMatch(/\nPASS {2}1 experiment, 2 trials in /);
    expect(code).toBe(0);
  });

  it("prints what it cannot write", async () => {
    file("a-file", "");
    const { code, stderr } = await compare(
      ...SMALL,
      "--gpus",
      "1",
      "--markdown",
      file("no/such/folder.md"),
      "--svg",
      file("a-file/plots"),
    );
    expect(stderr).toMatch(/plots": the folder cannot be written, part of its path is not a folder \(ENOTDIR\)\n/);
    expect(stderr).toMatch(/the report cannot be written, there is no such folder \(ENOENT\); here it is:\n# Designs compared\n/);
    expect(code).toBe(4);
  });

  it("on threads says what threads cannot tell", async () => {
    const { code, stdout } = await compare(
      "--executor",
      "threads",
      "--designs",
      "two-pass",
      "--gpus",
      "2",
      "--tlb-latency-us",
      "10",
    );
    expect(stdout).toMatch(/warning: on threads neither commits/);
    expect(code).toBe(0);
  });

  it("that is interrupted ends at once, with a report of what it has and 130", async () => {
    const { code, stdout } = await command(
      "compare.ts",
      ["--experiments", "scaling", "--gpus", "4096", "--designs", "two-pass"],
      (text, kill) => {
        if (text.endsWith("\n\n")) kill("SIGINT"); // the configuration is complete
      },
    );
    expect(stdout).toMatch(/\nPASS {2}0 experiments, 0 trials in .*, interrupted\nmeasure the same again:\n/);
    expect(code).toBe(130);
  });
});
