import { spawn } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ROOT } from "../../fixtures/threads/crew.ts";

test("Ctrl-C ends a run whose main thread is inside a wait", async () => {
  const child = spawn(process.execPath, ["--import", "tsx", join(ROOT, "test/fixtures/threads/interrupted_main.ts")], {
    cwd: ROOT,
    stdio: ["ignore", "pipe", "inherit"],
  });
  try {
    const exit = new Promise((resolve) => {
      child.once("exit", (code, signal) => resolve(code ?? signal));
    });
    await new Promise((resolve) => {
      child.stdout.once("data", resolve);
    });
    child.kill("SIGINT");
    expect(await exit).toBe(130);
  } finally {
    child.kill("SIGKILL");
  }
});
