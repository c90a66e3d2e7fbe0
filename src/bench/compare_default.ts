import { spawn } from "node:child_process";
import { atMost, type Benchmark } from "./figure.ts";
import { PROJECT_ROOT } from "./stress_process.ts";

const ALLOWED_MS = 180_000;

export const compareDefault: Benchmark = {
  name: "compare-default",
  summary: "all designs compared, from the command to its end, as compare.ts does it if it is told nothing",
  isOnDemand: false,
  async run(say) {
    say("compare.ts");
    const value = await compareMs();
    return {
      figures: [{ name: "default run", unit: "ms", value, against: { name: "allowed", value: ALLOWED_MS }, bar: atMost(1) }],
      notes: [],
    };
  },
};

/** @throws Error if it ends otherwise than clean */
async function compareMs(): Promise<number> {
  const startMs = performance.now();
  const child = spawn(process.execPath, ["--import", "tsx", "scripts/compare.ts"], { cwd: PROJECT_ROOT, stdio: "ignore" });
  const exitCode = await new Promise<number | null>((resolve, reject) => {
    child.on("error", reject).on("close", resolve);
  });
  if (exitCode !== 0) throw new Error(`compare.ts ended with ${exitCode}; measure nothing before it passes`);
  return performance.now() - startMs;
}
