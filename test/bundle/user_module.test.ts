import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { DEFAULT_CONFIG } from "../../src/boot/config.ts";
import { runInOneThread } from "../../src/boot/one_thread.ts";
import { designOf } from "../../src/driver/catalogue.ts";
import { passesFor } from "../../src/driver/create_driver.ts";
import { explore } from "../../src/executor/explorer/engine/explore.ts";
import { RandomWalk } from "../../src/executor/explorer/strategy/random.ts";
import { DEFAULT_HUNT_MACHINE } from "../../src/hunt/machine/hunt_machine.ts";
import { HuntSubject } from "../../src/hunt/machine/subject.ts";
import { startEndCore } from "../../src/kernel/mmu_notifier/start_end.ts";
import { isUserModule, loadUserModule, registerUserModule, userModulesPrelude } from "../../src/bundle/user_module.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const EXAMPLES = `${ROOT}examples/driver`;
const SMALL = { ...DEFAULT_CONFIG, gpus: 2, cpus: 2, contexts: 1, frames: 4096, tlbLatencyUs: 4 };

async function rulesBroken(driverFile: string, seeds: number): Promise<string[]> {
  const driver = await loadUserModule("driver", `${EXAMPLES}/${driverFile}`);
  const scenario = await loadUserModule("scenario", `${EXAMPLES}/discard.ts`);
  const broken = new Set<string>();
  for (let seed = 1; seed <= seeds && broken.size === 0; seed++) {
    const outcome = runInOneThread({ config: { ...SMALL, driver, scenario, seed }, invalidations: 80, maxSteps: 2_000_000 });
    for (const rule of Object.keys(outcome.violationCounts)) broken.add(rule);
  }
  return [...broken];
}

async function complaintAbout(kind: "driver" | "scenario" | "play", file: string): Promise<string> {
  return await loadUserModule(kind, file).then(
    () => "no complaint",
    (reason: Error) => reason.message,
  );
}

describe("a driver and a scenario of the user's", () => {
  it("run like built-in ones, and the wrong one is caught", async () => {
    expect(await rulesBroken("flush_first.ts", 60)).toContain("join");
  });

  it("run like built-in ones, and the right one is clean", async () => {
    expect(await rulesBroken("zap_first.ts", 5)).toEqual([]);
  });

  it("run on the notifier core that they are written for, and are refused on one that does not know what to call", async () => {
    expect(await rulesBroken("two_walks.ts", 5)).toEqual([]);
    const driver = await loadUserModule("driver", `${EXAMPLES}/two_walks.ts`);
    expect(passesFor(driver)).toBe(startEndCore);
    registerUserModule("without.ts", { driver: (await import(`${EXAMPLES}/two_walks.ts`)).driver });
    expect(() => new HuntSubject({ ...DEFAULT_HUNT_MACHINE, driver: "without.ts" })).toThrow(
      "the notifier core two-pass calls invalidateStart or invalidate; there is invalidateBegin, invalidateEnd",
    );
  });

  it("may be a whole record, and are never known to be sound", async () => {
    const { driver } = await import(`${EXAMPLES}/two_walks.ts`);
    registerUserModule("record.ts", { design: { create: driver, core: startEndCore, summary: "mine", needs: ["rebind"] } });
    registerUserModule("function.ts", { driver });
    expect(passesFor("record.ts")).toBe(startEndCore);
    expect(designOf("record.ts")).toMatchObject({ name: "record.ts", summary: "mine", soundness: { kind: "unknown" } });
    expect(designOf("function.ts")).toMatchObject({ name: "function.ts", soundness: { kind: "unknown" } });
  });

  it("can be hunted through", async () => {
    const scenario = await loadUserModule("play", `${EXAMPLES}/discard_play.ts`);
    const driver = await loadUserModule("driver", `${EXAMPLES}/zap_first.ts`);
    const subject = new HuntSubject({ ...DEFAULT_HUNT_MACHINE, driver, play: scenario });
    expect(explore({ subject, strategy: new RandomWalk(1), seed: 1, schedules: 20 })).toMatchObject({ found: [], schedules: 20 });
    expect(await complaintAbout("play", `${EXAMPLES}/zap_first.ts`)).toMatch(
      /^--scenario .*it must export an object `play`, with populate, script and accesses$/,
    );
  });

  it("run on threads, workers included", () => {
    const args = [
      "--driver",
      "examples/driver/zap_first.ts",
      "--scenario",
      "examples/driver/discard.ts",
      "--invalidations",
      "50",
      "--json",
      "-",
      "--quiet",
    ];
    const json = execFileSync(process.execPath, ["--import", "tsx", "scripts/stress.ts", ...args], {
      cwd: ROOT,
      encoding: "utf8",
      timeout: 60_000,
    });
    expect(JSON.parse(json)).toMatchObject({ verdict: "pass" });
  });

  it("are told from names by how they are written", () => {
    expect(["./mine.ts", "mine.ts", "/x/mine.mjs", "examples/driver/discard.ts"].every(isUserModule)).toBe(true);
    expect(["two-pass", "xe-userptr-joined"].some(isUserModule)).toBe(false);
  });

  it("need no prelude if there are none", () => {
    expect(userModulesPrelude(ROOT, ["two-pass", "mixed"])).toBeUndefined();
  });

  it.each([
    ["driver", "./nope.ts", "--driver ./nope.ts: no such file"],
    [
      "driver",
      `${EXAMPLES}/discard.ts`,
      "discard.ts: exports scenario; it must export a function `driver(options, layout, kernel, gpus)`, and",
    ],
    [
      "scenario",
      `${EXAMPLES}/zap_first.ts`,
      "zap_first.ts: exports driver; it must export an object `scenario`, with populate and operation",
    ],
  ] as const)("that cannot be used say why in one line: --%s %s", async (kind, file, message) => {
    const complaint = await complaintAbout(kind, file);
    expect(complaint).toContain(message);
    expect(complaint).not.toContain("\n");
  });

  it("that do not compile say where in one line", async () => {
    const folder = mkdtempSync(join(tmpdir(), "shootdown-user-module-"));
    const file = join(folder, "broken.ts");
    writeFileSync(file, "export const driver: = 1;\n");
    const complaint = await complaintAbout("driver", file);
    rmSync(folder, { recursive: true });
    expect(complaint).toContain(`--driver ${file}: `);
    expect(complaint).not.toContain("\n");
  });
});
