import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { StressResult } from "../report/result.ts";

export const PROJECT_ROOT = fileURLToPath(new URL("../..", import.meta.url));
/** Between two looks at the process's memory. */
const SAMPLE_MS = 500;

/** What came of a stress run in a process of its own. */
export interface StressProcess {
  readonly result: StressResult;
  /** From asking for the process until the first invalidation. */
  readonly bootMs: number;
  /** Resident memory twice a second, in bytes; empty where the system does not tell. */
  readonly rssBytes: readonly number[];
}

/**
 * The stress command with these options, in a process of its own.
 * @param onSample told how long it has been running
 * @throws Error if it ends otherwise than clean
 */
export async function runStress(
  options: readonly string[],
  onSample: (seconds: number) => void = () => undefined,
): Promise<StressProcess> {
  const spawnedAtMs = performance.now();
  const child = spawn(process.execPath, ["--import", "tsx", "scripts/stress.ts", ...options, "--quiet", "--json", "-"], {
    cwd: PROJECT_ROOT,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  const rssBytes: number[] = [];
  const sampler = setInterval(() => {
    const bytes = residentBytes(child.pid);
    if (bytes !== null) rssBytes.push(bytes);
    onSample((performance.now() - spawnedAtMs) / 1000);
  }, SAMPLE_MS);
  const exitCode = await new Promise<number | null>((resolve, reject) => {
    child.on("error", reject).on("close", resolve);
  }).finally(() => clearInterval(sampler));
  if (exitCode !== 0) throw new Error(`stress ${options.join(" ")} ended with ${exitCode}:\n${stderr}`);
  const result = JSON.parse(stdout) as StressResult;
  return { result, bootMs: result.bootMs ?? Number.NaN, rssBytes };
}

/** Null where there is no /proc, or the process has just ended. */
function residentBytes(pid: number | undefined): number | null {
  try {
    const kib = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
    return kib === undefined ? null : Number(kib) * 1024;
  } catch {
    return null;
  }
}
