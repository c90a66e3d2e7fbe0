import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const SOURCE = fileURLToPath(new URL("../../bench/futex_pingpong.c", import.meta.url));
const ROUNDS = 50_000;

/** The hand-over between two threads in C: what no emulator can be faster than. */
export interface CReference {
  /** Mean time of one round trip, in nanoseconds. @param spins looks at the word before a thread sleeps */
  roundTripNs(spins: number): number;
  /** Remove what was built. */
  dispose(): void;
}

/** Build it with `cc`. Why not, if that cannot be. */
export function buildCReference(): CReference | string {
  const folder = mkdtempSync(join(tmpdir(), "shootdown-bench-"));
  const program = join(folder, "futex_pingpong");
  const dispose = () => rmSync(folder, { recursive: true, force: true });
  const built = spawnSync("cc", ["-O2", "-pthread", "-o", program, SOURCE], { encoding: "utf8" });
  if (built.status !== 0) {
    dispose();
    if (built.error !== undefined) return `there is no C compiler here (${built.error.message})`;
    return `cc could not build bench/futex_pingpong.c: ${built.stderr.split("\n")[0]}`;
  }
  return {
    roundTripNs(spins) {
      const { stdout, status } = spawnSync(program, ["--rounds", String(ROUNDS), "--spin", String(spins)], { encoding: "utf8" });
      return status === 0 ? Number(stdout) : Number.NaN;
    },
    dispose,
  };
}
