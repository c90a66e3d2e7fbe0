import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { StressResult } from "../../../src/report/result.ts";
import { command } from "../command.ts";

const folder = mkdtempSync(join(tmpdir(), "shootdown-"));
const file = (name: string) => join(folder, name);
const SMALL = ["--gpus", "2", "--cpus", "2", "--memory-mib", "64", "--tlb-latency-us", "10"];

function stress(...args: string[]) {
  return command("stress.ts", args);
}

describe("bad usage and input: one line, exit code 2", () => {
  writeFileSync(file("bad.strace"), "hello\n1 munmap(0x7f0000000000, 4096) = 0\nworld\n");
  writeFileSync(file("empty.strace"), "");
  it.each([
    [["--gpus", "0"], /--gpus.*'0' is invalid\. Allowed: a whole number from 1 to 64\./],
    [["--gpus", "many"], /Allowed: a whole number from 1 to 64\./],
    [["--scenario", "nothing"], /Allowed: mixed, munmap-storm, /],
    [["--driver", "i915"], /Allowed: two-pass, single-pass, /],
    [["--drivers", "two-pass,i915"], /Allowed: a list, separated by commas, of two-pass, single-pass, /],
    [["--drivers", "two-pass,n-pass"], /a kernel has one notifier core: two-pass needs two-pass, n-pass needs n-pass-list/],
    [["--drivers", "two-pass,kvm", "--driver", "two-pass"], /cannot be used with option '--driver/],
    [
      ["--driver", "single-pass", "--finish", "embedded"],
      /--finish embedded: single-pass does not choose .* Allowed: with two-pass, n-pass, /,
    ],
    [["--drivers", "kvm,xe-userptr", "--finish", "pool:3"], /--finish pool:3: kvm,xe-userptr does not choose/],
    [["--driver", "gpusvm-two-pass", "--finish", "join"], /--finish join: gpusvm-two-pass does not choose/],
    [["--finish", "pool"], /Allowed: pool:SIZE, shared-pool:SIZE, embedded, block, join, nowait:FAIL_PERCENT/],
    [["--seed", "-1"], /Allowed: a whole number from 0 to 4294967295/],
    [["--seconds", "0"], /Allowed: a number from 0\.1 to/],
    [["--ktap", "--json", "-"], /--ktap and --json - cannot both go to standard output\./],
    [["--frobnicate"], /unknown option '--frobnicate'/],
    [["extra"], /too many arguments/],
    [["--scenario", "mixed", "--workload", "x"], /cannot be used with option/],
    [["--workload", file("missing")], /missing: .*/],
    [["--workload", file("bad.strace")], /bad\.strace:1: not a line of strace/],
    [["--workload", file("empty.strace")], /empty\.strace: /],
    [["--memory-mib", "16", "--gpus", "64"], /^--memory-mib 16: 64 GPUs with 2 contexts and 3 CPUs need at least \d+ MiB$/m],
  ])("%j", async (args, message) => {
    const { code, stdout, stderr } = await stress(...args);
    expect(stderr).toMatch(message);
    expect(stderr.trimEnd().split("\n")).toHaveLength(1);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  });
});

describe("a run with violations", () => {
  it("ends with 1: the second pass at range_end, on real threads", async () => {
    const { code, stdout } = await stress(...SMALL, "--driver", "finish-at-range-end", "--invalidations", "300", "--seed", "5");
    expect(code).toBe(1);
    expect(stdout).toMatch(
      /^violation 1 of \d+: (I10: Every start that asks for a finish gets one, in order|join: When range_start .*)$/m,
    ); // which is first is the threads' affair
    expect(stdout).toMatch(/\nFAIL {2}[\d,]+ violations of \d rules; /);
  });
});

describe("a clean run", () => {
  it("ends with 0, a summary on standard output, and a JSON object with everything promised", async () => {
    const { code, stdout } = await stress(
      ...SMALL,
      "--invalidations",
      "200",
      "--seed",
      "5",
      "--json",
      file("clean.json"),
      "--junit",
      file("clean.xml"),
    );
    expect(code).toBe(0);
    expect(stdout).toMatch(/^configuration\n {2}seed +5\n/);
    expect(stdout).toMatch(/\nPASS {2}no violation; /);
    expect(stdout).toContain("--seed 5");
    for (const line of stdout.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
    const result = JSON.parse(readFileSync(file("clean.json"), "utf8")) as StressResult;
    expect(result).toMatchObject({
      verdict: "pass",
      seed: 5,
      violations: [],
      interrupted: false,
      hang: null,
      internalError: null,
    });
    expect(result.counts.invalidations).toBeGreaterThanOrEqual(200);
    expect(result.counts.accesses).toBeGreaterThan(0);
    expect(result.gpus).toHaveLength(2);
    expect(Object.keys(result.latencyUs)).toEqual(["start", "finish", "invalidate"]);
    expect(result.peakRssBytes).toBeGreaterThan(0);
    expect(readFileSync(file("clean.xml"), "utf8")).toMatch(/^<\?xml /);
  });

  it("keeps standard output to the data that was asked for", async () => {
    const json = await stress(...SMALL, "--invalidations", "20", "--json", "-");
    expect((JSON.parse(json.stdout) as StressResult).verdict).toBe("pass");
    const ktap = await stress(...SMALL, "--invalidations", "20", "--ktap", "--quiet");
    expect(ktap.stdout).toMatch(/^KTAP version 1\n/);
    expect(ktap.stderr).toBe("");
  });

  it("replays a workload", async () => {
    const { code, stdout } = await stress(...SMALL, "--workload", "examples/workloads/gcc-cc1.strace.gz");
    expect(stdout).toMatch(/\nPASS {2}no violation; /);
    expect(code).toBe(0);
  });
});

it("reports a hang as one, with who waits for what, and exit code 3", async () => {
  const { code, stdout } = await stress(
    "--gpus",
    "1",
    "--cpus",
    "2",
    "--memory-mib",
    "64",
    "--tlb-latency-us",
    "9000000",
    "--hung-task-seconds",
    "0.5",
    "--json",
    file("hang.json"),
  );
  expect(code).toBe(3);
  expect(stdout).toMatch(/cpu\d/);
  const { hang, verdict } = JSON.parse(readFileSync(file("hang.json"), "utf8")) as StressResult;
  expect(verdict).toBe("fail");
  expect(hang?.tasks.length).toBeGreaterThan(0);
});

it("writes the report after Ctrl-C and ends with 130", async () => {
  let isKilled = false;
  const { code, stdout } = await command(
    "stress.ts",
    [...SMALL, "--seconds", "45", "--json", file("interrupted.json")],
    (text, kill) => {
      if (isKilled || !text.includes("invalidations")) return;
      isKilled = true;
      kill("SIGINT");
    },
  );
  expect(stdout).toContain("interrupted");
  expect(code).toBe(130);
  expect((JSON.parse(readFileSync(file("interrupted.json"), "utf8")) as StressResult).interrupted).toBe(true);
});

it("prints the report that it cannot write, and ends with 4", async () => {
  const { code, stderr } = await stress(...SMALL, "--invalidations", "20", "--quiet", "--json", file("no/such/folder.json"));
  expect(stderr).toMatch(/there is no such folder/);
  expect(stderr).toContain('"verdict"');
  expect(code).toBe(4);
});
