import { spawn } from "node:child_process";
import { performance } from "node:perf_hooks";
import type { Copy } from "./copy.ts";
import type { Mutant } from "./mutant.ts";
import { stagesFor } from "./tests.ts";

/** Survived: all tests pass with the mutant in the sources. Timed out: some do not end, which is noticed too. */
export type Fate = "killed" | "timed out" | "survived";

/** A run may take so many times what it takes without a mutant, and so many seconds more to begin. */
const PATIENCE = 4;
const START_SECONDS = 20;

/** Tries mutants in one copy of the sources, one after the other. */
export class Judge {
  readonly #copy: Pick<Copy, "root" | "with">;
  readonly #signal: AbortSignal;
  readonly #run: typeof runTests;
  /** What a list of tests takes without a mutant, in milliseconds; NaN: it does not pass. */
  readonly #usualMs = new Map<string, number>();

  /** @param run see runTests; others for tests */
  constructor(copy: Pick<Copy, "root" | "with">, signal: AbortSignal, run = runTests) {
    this.#copy = copy;
    this.#signal = signal;
    this.#run = run;
  }

  /** Null if aborted. @throws Error if the tests do not even pass without the mutant */
  async fateOf(mutant: Mutant): Promise<Fate | null> {
    const { near, all } = stagesFor(this.#copy.root, mutant.file);
    for (const tests of [near, all]) {
      if (tests.length === 0) continue;
      const usualMs = await this.#usual(tests);
      const patienceMs = PATIENCE * usualMs + START_SECONDS * 1000;
      const code = await this.#copy.with(mutant, () => this.#run(this.#copy.root, tests, patienceMs, this.#signal));
      if (this.#signal.aborted) return null;
      if (code !== 0) return code === null ? "timed out" : "killed";
    }
    return "survived";
  }

  async #usual(tests: readonly string[]): Promise<number> {
    const key = tests.join(" ");
    let usualMs = this.#usualMs.get(key);
    if (usualMs === undefined) {
      const startMs = performance.now();
      const code = await this.#run(this.#copy.root, tests, 1e9, this.#signal);
      if (code !== 0 && !this.#signal.aborted) throw new Error(`these tests fail without any mutant: ${key}`);
      usualMs = performance.now() - startMs;
      this.#usualMs.set(key, usualMs);
    }
    return usualMs;
  }
}

/** Run tests up to the first that fails. Returns the exit code; null if it took too long. */
export function runTests(
  root: string,
  tests: readonly string[],
  patienceMs: number,
  signal: AbortSignal,
): Promise<number | null> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return resolve(null);
    const child = spawn("npx", ["vitest", "run", "--bail=1", "--maxWorkers=1", "--reporter=dot", ...tests], {
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
