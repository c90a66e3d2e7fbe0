import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { DEFAULT_CONFIG } from "../../src/boot/config.ts";
import type { OneThreadOutcome } from "../../src/boot/one_thread.ts";
import type { Bug } from "../../src/bugs/bug.ts";
import { BUGS } from "../../src/bugs/catalogue.ts";
import { edited, filesOf, plant } from "../../src/bugs/plant.ts";
import type { TlbDomains } from "../../src/device/config.ts";
import { bundleWorker } from "../../src/bundle/bundle.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const SEEDS = 30;

type Explore = typeof import("../../workers/explore.ts");

async function explorer(bug: Bug | null): Promise<Explore> {
  const entry = `${ROOT}workers/explore.ts`;
  const options = bug === null ? {} : { plugins: [plant(bug, ROOT)], variant: JSON.stringify(bug) };
  return (await import(/* @vite-ignore */ await bundleWorker({ root: ROOT, entry, ...options }))) as Explore;
}

interface Where {
  readonly driver: string;
  readonly scenario: string;
  readonly tlbDomains?: TlbDomains | undefined;
}

function explore({ runInOneThread }: Explore, { driver, scenario, tlbDomains = 1 }: Where, seed: number): OneThreadOutcome {
  const config = {
    ...DEFAULT_CONFIG,
    gpus: 2,
    cpus: 3,
    contexts: tlbDomains,
    tlbDomains,
    frames: 4096,
    tlbLatencyUs: 4,
    driver,
    scenario,
    seed,
  };
  return runInOneThread({ config, invalidations: 40, maxSteps: 2_000_000 });
}

function broken(outcome: OneThreadOutcome): string[] {
  return [...Object.keys(outcome.violationCounts), ...(outcome.stuck === null ? [] : ["stuck"])];
}

/** Those that show in a long random run, too. */
const STRESSED = BUGS.flatMap((bug) => (bug.scenario === null ? [] : [{ ...bug, scenario: bug.scenario }]));

describe("seeded bugs", () => {
  it.each(STRESSED.map((bug) => [bug.name, bug] as const))("%s is found", async (_name, bug) => {
    const buggy = await explorer(bug);
    const met = new Set<string>();
    for (let seed = 1; seed <= SEEDS; seed++) {
      const rules = broken(explore(buggy, bug, seed));
      if (rules.some((rule) => bug.breaks.includes(rule))) return;
      for (const rule of rules) met.add(rule);
    }
    expect.fail(`${SEEDS} seeds, and none of ${bug.breaks.join(", ")} objected; others did: ${[...met].join(", ")}`);
  });

  it("are all there is to it: without them the same runs are clean", async () => {
    const clean = await explorer(null);
    for (const { driver, scenario, tlbDomains } of STRESSED) {
      for (let seed = 1; seed <= 2; seed++) expect(broken(explore(clean, { driver, scenario, tlbDomains }, seed))).toEqual([]);
    }
  });

  it("fit the sources, each edit in one place", () => {
    for (const bug of BUGS) {
      for (const file of filesOf(bug)) {
        const text = readFileSync(`${ROOT}${file}`, "utf8");
        expect(edited(bug, file, text)).not.toBe(text);
      }
    }
  });

  it("say so when they no longer do", () => {
    const patch = "--- a/src/x.ts\n+++ b/src/x.ts\n@@ -1,2 +1,1 @@\n here\n-gone\n";
    const bug: Bug = { ...BUGS[0], name: "stale", patch };
    expect(edited(bug, "src/x.ts", "above\nhere\ngone\n")).toBe("above\nhere\n");
    const stale = (times: number) => `bug stale: "here\\ngone\\n" occurs ${times} times in src/x.ts, not once`;
    expect(() => edited(bug, "src/x.ts", "here\nstill gone\n")).toThrow(stale(0));
    expect(() => edited(bug, "src/x.ts", "here\ngone\nhere\ngone\n")).toThrow(stale(2));
  });
});
