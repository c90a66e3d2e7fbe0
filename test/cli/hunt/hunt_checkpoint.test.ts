import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, watch, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { HuntResult } from "../../../src/report/hunt_result.ts";
import { command, ROOT } from "../command.ts";

const folder = mkdtempSync(join(tmpdir(), "shootdown-"));
const SMALL = ["--driver", "two-pass", "--scenario", "tiny", "--gpus", "1", "--cpus", "1", "--jobs", "1", "--seed", "5"];
const DPOR = [...SMALL, "--strategy", "dpor", "--preemptions", "2", "--schedules", "1000000"];

const hunt = (...args: string[]) => command("hunt.ts", args);

/** Kill a hunt with SIGKILL as soon as it has written a checkpoint. */
async function killAtCheckpoint(file: string): Promise<void> {
  const watcher = watch(folder);
  const child = spawn(process.execPath, ["--import", "tsx", "scripts/hunt.ts", ...DPOR, "--checkpoint", file], {
    cwd: ROOT,
    stdio: "ignore",
  });
  watcher.on("change", () => {
    if (existsSync(file)) child.kill("SIGKILL");
  });
  const [, signal] = (await once(child, "exit")) as [number | null, string];
  watcher.close();
  expect(signal).toBe("SIGKILL");
}

describe("a hunt with --checkpoint", () => {
  it("that is killed with SIGKILL goes on where it was, to the same totals", async () => {
    const file = join(folder, "killed");
    const whole = hunt(...DPOR, "--json", "-");
    await killAtCheckpoint(file);
    const resumed = await hunt(...DPOR, "--checkpoint", file, "--json", "-");
    const before = Number(
      /\ngoing on from the checkpoint: ([\d,]+) schedules run before\n/.exec(resumed.stderr)?.[1].replaceAll(",", ""),
    );
    const [{ schedules, uniqueTraces, exhaustive, switches, statement, parts, verdict }, expected] = [resumed, await whole].map(
      ({ stdout }) => JSON.parse(stdout) as HuntResult,
    );
    expect(expected).toMatchObject({ schedules, uniqueTraces, exhaustive, switches, statement, parts, verdict });
    expect(exhaustive).toBe(true);
    expect(before).toBeGreaterThan(0);
    expect(before).toBeLessThan(schedules);

    const again = await hunt(...DPOR, "--checkpoint", file, "--json", "-");
    expect(JSON.parse(again.stdout)).toMatchObject({ schedules, uniqueTraces, exhaustive, statement });
  });

  describe("refuses, in one line and with 2,", () => {
    const file = join(folder, "small");
    const written = hunt(...DPOR, "--schedules", "20", "--checkpoint", file);

    it.concurrent.each([
      ["another machine", ["--cpus", "2"], /its drivers, scenarios or machine are not the same$/],
      ["another strategy", ["--strategy", "dfs"], /its strategy is "dpor", not "dfs"$/],
      ["another bound", ["--preemptions", "3"], /its preemptions is 2, not 3$/],
      ["another seed", ["--seed", "6"], /its seed is 5, not 6$/],
      ["a seeded bug", ["--bug", "flush-skipped"], /its bug is null, not "flush-skipped"$/],
      [
        "a strategy without an end",
        ["--strategy", "random"],
        /^--checkpoint: random never comes to an end .* Allowed: delay, preemption, dpor, dfs\.$/,
      ],
      ["half a file", ["--checkpoint", "half"], /half": no checkpoint to go on from: it is damaged$/],
      ["something else", ["--checkpoint", "package.json"], /it is something else, or of another version$/],
      ["a device", ["--checkpoint", "/dev/full"], /it is not a file$/],
    ])("%s", async (_what, args, message) => {
      await written;
      const half = join(folder, "half");
      writeFileSync(half, readFileSync(file, "utf8").slice(0, -100));
      const { code, stdout, stderr } = await hunt(
        ...DPOR,
        "--checkpoint",
        file,
        ...args.map((arg) => (arg === "half" ? half : arg)),
      );
      expect(stderr.trimEnd()).toMatch(message);
      expect(stderr.trimEnd().split("\n")).toHaveLength(1);
      expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    });
  });

  it("that cannot write it says so once, hunts on, and ends with 4", async () => {
    const { code, stdout, stderr } = await hunt(...SMALL, "--strategy", "dpor", "--checkpoint", join(folder, "no/such/file"));
    expect(stderr.trimEnd()).toMatch(
      /^".*file": the checkpoint cannot be written, there is no such folder \(ENOENT\); the hunt goes on$/,
    );
    expect(stdout).toContain("All 850 traces were run");
    expect(code).toBe(4);
    expect(readdirSync(folder).filter((name) => name.endsWith(".new"))).toEqual([]);
  });
});
