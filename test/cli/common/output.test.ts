import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { ROOT } from "../command.ts";

/** Run a line of a shell in which `$NODE` can run TypeScript. */
function shell(line: string) {
  const env = { ...process.env, NODE: `${process.execPath} --import tsx` };
  const { stdout, stderr } = spawnSync("sh", ["-c", line], { cwd: ROOT, env, encoding: "utf8", timeout: 50_000 });
  return { stdout, stderr };
}

const GUARDED = 'import { guardOutput } from "./src/cli/common/output.ts"; guardOutput();';

it("goes on, and says nothing, if the reader has gone", () => {
  const script =
    `${GUARDED} for (let i = 0; i < 20000; i++) console.log("a line of a long report"); setTimeout(() => ` +
    "process.exit(7), 50);";
  const { stdout, stderr } = shell(`{ $NODE --input-type=module -e '${script}'; echo "exit $?" >&2; } | head -1`);
  expect({ stdout, stderr }).toEqual({ stdout: "a line of a long report\n", stderr: "exit 7\n" });
});

describe.runIf(existsSync("/dev/full"))("on a full disk", () => {
  it("ends with 4 if standard error cannot be written", () => {
    const { stdout } = shell(
      `$NODE --input-type=module -e '${GUARDED} console.error("progress"); console.log("report")' 2>/dev/full; echo "exit $?"`,
    );
    expect(stdout).toBe("report\nexit 4\n");
  });

  it("commands say in one line that their output cannot be written, and end with 4", () => {
    const scripts = ["compare.ts", "conform.ts", "kill-matrix.ts"];
    const { stdout } = shell(
      scripts.map((name) => `(said=$($NODE scripts/${name} --help 2>&1 >/dev/full); echo "${name} $? $said") &`).join("\n") +
        "\nwait",
    );
    expect(stdout.trimEnd().split("\n").toSorted()).toEqual(
      scripts.map((name) => `${name} 4 "standard output": the report cannot be written, no space is left on its device (ENOSPC)`),
    );
  });
});

it("a pipe that nobody reads on is given up, one that is read in the end is not", () => {
  const script = (patienceMs: number) =>
    'import { isOutputRead } from "./src/cli/common/output.ts"; process.stdout.write("x".repeat(300000)); ' +
    `console.error(await isOutputRead(${patienceMs})); process.exit(0);`;
  const full = `f=$(mktemp -u); mkfifo $f; exec 3<>$f; rm $f; $NODE --input-type=module -e '${script(100)}' >&3`;
  expect(shell(full).stderr).toBe("false\n");
  expect(shell(`$NODE --input-type=module -e '${script(50_000)}' | wc -c`)).toEqual({ stdout: "300000\n", stderr: "true\n" });
});
