import { expect, it } from "vitest";
import { parseStressOptions } from "../../src/cli/stress/stress_options.ts";
import { resolvedConfig } from "../../src/cli/stress/stress_result.ts";
import { command } from "./command.ts";

it("--silent-gpu is one of the GPUs, is printed, and can be reproduced", () => {
  const options = parseStressOptions(["node", "stress.ts", "--gpus", "3", "--silent-gpu", "1", "--seed", "5"]);
  expect(options.config.profiles?.map((profile) => Object.keys(profile).length > 0)).toEqual([false, true, false]);
  expect(resolvedConfig(options)).toMatchObject({ silentGpu: 1 });
  expect(options.again).toEqual(["--gpus", "3", "--silent-gpu", "1"]);
});

it("a GPU that never answers is a hang of a driver that relies on answers", async () => {
  const { code, stdout } = await command("stress.ts", [
    "--gpus",
    "2",
    "--cpus",
    "2",
    "--memory-mib",
    "64",
    "--silent-gpu",
    "1",
    "--hung-task-seconds",
    "0.5",
  ]);
  expect(stdout).toMatch(/hang: \d+ tasks? blocked/);
  expect(stdout).toMatch(/when it hung, gpu1 had not answered \d+ requests?/);
  expect(stdout).not.toContain("violations of");
  expect(code).toBe(3);
});

it("one that there is not is refused", async () => {
  const { code, stderr } = await command("stress.ts", ["--gpus", "2", "--silent-gpu", "2"]);
  expect(stderr).toContain("error: --silent-gpu 2: there is no such GPU. Allowed: 0 to 1.");
  expect(code).toBe(2);
});
