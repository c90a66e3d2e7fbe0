import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { BUGS } from "../../../src/bugs/catalogue.ts";
import { STRATEGY_NAMES } from "../../../src/executor/explorer/strategy/catalogue.ts";
import { parseHuntOptions } from "../../../src/cli/hunt/hunt_options.ts";
import { renderList } from "../../../src/cli/hunt/hunt_list.ts";
import type { HuntResult } from "../../../src/report/hunt_result.ts";
import { PLAY_NAMES } from "../../../src/scenario/play/catalogue.ts";
import { parseTrace } from "../../../src/trace/json_lines.ts";
import { command, ROOT } from "../command.ts";

const folder = mkdtempSync(join(tmpdir(), "shootdown-"));
const SMALL = ["--driver", "two-pass", "--scenario", "tiny", "--strategy", "random", "--jobs", "1", "--seed", "5"];

const hunt = (...args: string[]) => command("hunt.ts", args);
const replay = (...args: string[]) => command("replay.ts", args);

describe("bad usage: one line, exit code 2", () => {
  it.each([
    [["--scenario", "nothing"], /Allowed: unmap, .*, all\./],
    [["--bug", "nothing"], /Allowed: .*flush-skipped/],
    [["--driver", "./no/such/file.ts"], /no\/such\/file\.ts: no such file/],
    [["--gpus", "8", "--scenario", "two-tlbs"], /two-tlbs with --gpus 8 and --cpus 2 has 34 tasks: too many/],
  ])("%j", async (args, message) => {
    const { code, stdout, stderr } = await hunt(...args);
    expect(stderr).toMatch(message);
    expect(stderr.trimEnd().split("\n")).toHaveLength(1);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  });

  it.each([
    [["sd1:AAAAAAAA"], /^damaged token: /],
    [["no/such/file"], /^no\/such\/file: no such file, and no token/],
    [["package.json"], /^package\.json: there is no token in it/],
  ])("replay %j", async (args, message) => {
    const { code, stdout, stderr } = await replay(...args);
    expect(stderr).toMatch(message);
    expect(stderr.trimEnd().split("\n")).toHaveLength(1);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  });
});

it("lists what there is to choose from, each in a line or two, within 80 columns", () => {
  const list = renderList();
  for (const name of [...PLAY_NAMES, ...STRATEGY_NAMES, ...BUGS.map((bug) => bug.name)]) {
    expect(list).toMatch(new RegExp(`^ {2}${name}( {2,}|\\n {26})\\S`, "m"));
  }
  for (const line of list.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
});

it("without a limit hunts for a minute, with a number of schedules for as long as they take", () => {
  const parse = (...args: string[]) => parseHuntOptions(["node", "hunt.ts", ...args]);
  expect(parse()).toMatchObject({
    driver: null,
    scenario: null,
    seconds: 60,
    schedules: null,
    gpus: 2,
    cpus: 2,
    strategy: { name: "portfolio", depth: null, preemptions: null },
  });
  expect(parse("--schedules", "10")).toMatchObject({ seconds: null, schedules: 10 });
  expect(parse("--scenario", "all", "--schedules", "10", "--seconds", "3")).toMatchObject({
    scenario: "all",
    seconds: 3,
    schedules: 10,
  });
});

it("takes a mixture for a driver, and says how to have it again", async () => {
  const { code, stdout, stderr } = await hunt(
    "--drivers",
    "two-pass,kvm",
    "--scenario",
    "unmap",
    "--schedules",
    "5",
    "--seed",
    "5",
    "--jobs",
    "1",
    "--json",
    "-",
  );
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ verdict: "pass", schedules: 5 });
  expect(stderr).toContain("--drivers two-pass,kvm");
});

it("a clean hunt: exit code 0, the JSON that is promised, people on standard error", async () => {
  const { code, stdout, stderr } = await hunt(...SMALL, "--schedules", "40", "--json", "-");
  expect(code).toBe(0);
  const result = JSON.parse(stdout) as HuntResult;
  expect(result).toMatchObject({ verdict: "pass", failures: [], schedules: 40, exhaustive: false, seed: 5, interrupted: false });
  expect(result.statement.join(" ")).toContain("40 executions were drawn");
  expect(result.schedulesPerSecond).toBeGreaterThan(0);
  expect(stderr).toMatch(/^configuration\n {2}seed +5\n/);
  expect(stderr).toMatch(/\nPASS {2}nothing found in 1 configuration\n/);
});

describe("a hunt that finds something", () => {
  const save = join(folder, "found");
  const run = hunt("--bug", "set-seq-omitted", "--scenario", "unmap", "--seed", "7", "--jobs", "1", "--save", save);

  it("ends with 1, and tells the failure within 80 columns", async () => {
    const { code, stdout } = await run;
    expect(code).toBe(1);
    expect(stdout).toMatch(/\nFAIL {2}violation of I6: A start that returns true leaves its number behind\n/);
    expect(stdout).toMatch(/\n {2}reproduced +10\/10\n/);
    expect(stdout).toMatch(/\n> +\d+ .* X .*\n/);
    for (const line of stdout.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
  });

  it("saves token, report and JSON, and its token replays to the same report, byte for byte", async () => {
    const { stdout } = await run;
    expect(readdirSync(save)).toEqual(["two-pass_unmap_I6.json", "two-pass_unmap_I6.token", "two-pass_unmap_I6.txt"]);
    const saved = readFileSync(join(save, "two-pass_unmap_I6.txt"), "utf8");
    expect(stdout).toContain(saved);
    for (const argument of [
      readFileSync(join(save, "two-pass_unmap_I6.token"), "utf8").trim(),
      join(save, "two-pass_unmap_I6.txt"),
    ]) {
      expect(await replay(argument)).toMatchObject({ code: 1, stdout: saved });
    }
  });

  it("writes all events of a replay, up to the one that fails; where it cannot, a line says so, and the exit code", async () => {
    await run;
    const token = join(save, "two-pass_unmap_I6.token");
    const saved = readFileSync(join(save, "two-pass_unmap_I6.txt"), "utf8");
    const file = join(folder, "events.jsonl");
    expect(await replay("--trace", file, token)).toMatchObject({ code: 1, stdout: saved, stderr: "" });
    const { clock, hits } = parseTrace(readFileSync(file, "utf8"));
    const steps = hits.map(({ time }) => time!);
    expect(clock).toBe("steps");
    expect(steps).toEqual(steps.toSorted((a, b) => a - b));
    expect(hits.some(({ task, event }) => task === "cpu0" && event === "invalidate_range_start")).toBe(true);
    const lost = join(folder, "none", "events.jsonl");
    expect(await replay("--trace", lost, token)).toEqual({
      code: 4,
      stdout: saved,
      stderr: `"${lost}": the trace cannot be written, there is no such folder (ENOENT)\n`,
    });
  });
});

describe("a replay against sources that were edited since", () => {
  const edited = (name: string, cpus: number) => {
    const file = join(folder, `${name}.ts`);
    writeFileSync(
      file,
      `
      import { discard, mapPages, mirrorAll, writePages } from "${ROOT}src/index.ts";
      export const play = {
        summary: "one page is thrown away, twice",
        rules: [],
        targets: [{ first: 0, pages: 1 }],
        *populate(actor) {
          yield* mapPages(actor, 0, 1);
          yield* writePages(actor, 0, 1);
        },
        prepare: (actor) => mirrorAll(actor, 1),
        script: (cpu) => (cpu < ${cpus} ? [discard(0, 1)] : []),
        accesses: () => [[{ page: 0, kind: 1 }]],
      };
    `,
    );
    return file;
  };

  it("ends with 5 where an operation is gone: step, what was expected, what is there, who could run", async () => {
    const play = edited("twice", 2);
    const found = join(folder, "edited");
    await hunt(
      "--driver",
      "xe-userptr",
      "--scenario",
      play,
      "--gpus",
      "1",
      "--strategy",
      "pos",
      "--jobs",
      "1",
      "--seed",
      "1",
      "--schedules",
      "3000",
      "--save",
      found,
    );
    const token = join(
      found,
      readdirSync(found).find((name) => name.endsWith(".token"))!,
    );
    edited("twice", 1);
    const { code, stdout, stderr } = await replay("--scenario", play, token);
    expect(stdout).toMatch(
      /^DIVERGED {2}at step \d+\n {2}expected +cpu1 takes \d+ steps, until it stands before WRITE\n +xe_userptr_vma#0\.\S+\n {2}found +cpu1 ended, where it is done\n {2}could run:\n {4}cpu0 \S+ mm_struct#0\.mmap_lock\.count\n/,
    );
    expect(stderr).toMatch(/^re-synchronised \d+ of \d+ decisions\n$/);
    expect(code).toBe(5);
  });
});

describe("Ctrl-C", () => {
  it.each(["1", "2"])("with --jobs %s: the report is written, and the code is 130", async (jobs) => {
    const { code, stdout } = await command("hunt.ts", [...SMALL, "--jobs", jobs, "--seconds", "45"], (text, kill) => {
      if (text.endsWith("\n\n")) kill("SIGINT"); // the configuration has been printed
    });
    expect(stdout).toMatch(/\nSTOPPED EARLY {2}nothing found in (?:0 of )?1 configuration\n/);
    expect(code).toBe(130);
  });

  it("while a failure is being looked into: it is told all the same", async () => {
    const args = ["--bug", "set-seq-omitted", "--scenario", "unmap", "--seed", "7", "--jobs", "1"];
    const { code, stdout } = await command("hunt.ts", args, (text, kill) => {
      if (text.endsWith("; looking into it\n")) kill("SIGINT");
    });
    expect(stdout).toMatch(/\nFAIL {2}violation of I6: A start that returns true leaves its number behind\n/);
    expect(code).toBe(1);
  });
});

describe("what cannot be written", () => {
  it("is printed if it is a report, and the code is 4", async () => {
    const { code, stderr } = await hunt(...SMALL, "--schedules", "10", "--json", join(folder, "no/such/folder.json"));
    expect(stderr).toMatch(/there is no such folder/);
    expect(stderr).toContain('"verdict"');
    expect(code).toBe(4);
  });

  it.runIf(existsSync("/dev/full"))("is said in one line if it is standard output, and the code is 4", () => {
    const args = [
      process.execPath,
      "--import",
      "tsx",
      "scripts/hunt.ts",
      ...SMALL,
      "--schedules",
      "10",
      "--json",
      join(folder, "beside.json"),
    ];
    const { status, stderr } = spawnSync("sh", ["-c", '"$@" > /dev/full', "sh", ...args], {
      cwd: ROOT,
      encoding: "utf8",
      timeout: 50_000,
    });
    expect(stderr).toBe('"standard output": the report cannot be written, no space is left on its device (ENOSPC)\n');
    expect(JSON.parse(readFileSync(join(folder, "beside.json"), "utf8"))).toMatchObject({ verdict: "pass", schedules: 10 });
    expect(status).toBe(4);
  });
});
