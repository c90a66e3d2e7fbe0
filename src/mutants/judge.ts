import { spawn } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { join, relative } from "node:path";
import type { Copy } from "./copy.ts";
import type { Mutant } from "./mutant.ts";
import { stagesFor } from "./tests.ts";

/** Survived: all tests pass with the mutant in the sources. Timed out: some do not end, which is noticed too. */
export type Fate = "killed" | "timed out" | "survived";

/** A run may take so many times what it takes without a mutant, and so many seconds more to begin. */
const PATIENCE = 5;
const START_SECONDS = 20;

/** What each file of tests takes where there is no mutant, in milliseconds. */
export type UsualMs = ReadonlyMap<string, number>;

/** Tries mutants in one copy of the sources, one after the other. */
export class Judge {
  readonly #copy: Pick<Copy, "root" | "with">;
  readonly #usualMs: UsualMs;
  readonly #signal: AbortSignal;
  readonly #run: typeof runTests;

  /** @param run see runTests; others for tests */
  constructor(copy: Pick<Copy, "root" | "with">, usualMs: UsualMs, signal: AbortSignal, run = runTests) {
    this.#copy = copy;
    this.#usualMs = usualMs;
    this.#signal = signal;
    this.#run = run;
  }

  /** Null if aborted. */
  async fateOf(mutant: Mutant): Promise<Fate | null> {
    const { root } = this.#copy;
    const { near, all } = stagesFor(root, mutant.file);
    for (const tests of [near, all]) {
      const patienceMs = START_SECONDS * 1000 + PATIENCE * tests.reduce((sum, test) => sum + (this.#usualMs.get(test) ?? 0), 0);
      const code = await this.#copy.with(mutant, () => this.#run(root, tests, patienceMs, this.#signal));
      if (this.#signal.aborted) return null;
      if (code !== 0) return code === null ? "timed out" : "killed";
    }
    return "survived";
  }
}

/** What all tests that try mutants take where there is none. @throws Error if one fails */
export async function usualMsOf({ root }: Pick<Copy, "root">, signal: AbortSignal): Promise<UsualMs> {
  const { all } = stagesFor(root, "src/kernel/kernel.ts");
  const file = join(root, "usual.json");
  const code = await runTests(root, ["--reporter=json", `--outputFile=${file}`, ...all], 2 ** 31 - 1, signal);
  if (signal.aborted) return new Map();
  if (code !== 0) throw new Error("tests fail without any mutant");
  const { testResults } = JSON.parse(readFileSync(file, "utf8")) as {
    testResults: { name: string; startTime: number; endTime: number }[];
  };
  rmSync(file);
  return new Map(testResults.map(({ name, startTime, endTime }) => [relative(root, name), endTime - startTime]));
}

/** Run tests up to the first that fails. Returns the exit code; null if it took too long or was aborted. */
export function runTests(
  root: string,
  tests: readonly string[],
  patienceMs: number,
  signal: AbortSignal,
): Promise<number | null> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      resolve(null);
      return;
    }
    const child = spawn(process.execPath, ["node_modules/vitest/vitest.mjs", "run", "--bail=1", "--maxWorkers=1", ...tests], {
      cwd: root,
      stdio: "ignore",
      detached: true, // a group of its own: what hangs in a wait ends only with its process
    });
    const kill = () => {
      if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
    };
    const timer = setTimeout(kill, Math.min(patienceMs, 2 ** 31 - 1));
    signal.addEventListener("abort", kill);
    child.on("error", reject);
    child.on("close", (code) => {
      clearTimeout(timer);
      signal.removeEventListener("abort", kill);
      resolve(code);
    });
  });
}
