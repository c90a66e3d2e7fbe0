import { describe, expect, it } from "vitest";
import { createDriver, passesFor } from "../../src/driver/create_driver.ts";
import { kernelEvents } from "../../src/kernel/tracepoints.ts";
import { TestMachine } from "./machine.ts";
import { play } from "./play.ts";
import { walks } from "./walks.ts";

const SEEDS = 10;

describe("a mixture", () => {
  it.each([
    "two-pass,single-pass",
    "kvm,xe-userptr-joined,gpusvm",
    "xe-userptr-joined,single-pass,two-pass",
    "n-pass,single-pass,n-pass-3",
    "two-pass,nouveau-undone,kvm",
  ])("%s lets no GPU touch what the process has lost, and gives everything back", (driver) => {
    const { accesses, violations } = walks(SEEDS, { driver, gpus: 3, gpuConfig: { tlbLatencyUs: 5 } });
    expect(violations).toEqual([]);
    expect(accesses).toBeGreaterThan(0);
    const exits = walks(SEEDS / 5, { driver, gpus: 3, gpuConfig: { tlbLatencyUs: 5 } }, { exitsEarly: true });
    expect(exits.violations).toEqual([]);
  });

  it("starts every two-pass notifier beside the single-pass ones before it finishes any (RULES 14, 17)", () => {
    const machine = new TestMachine({ driver: "two-pass,single-pass", gpus: 4, gpuConfig: { tlbLatencyUs: 5 } });
    const notifiers = new Set<number>();
    const withFinish = new Set<number>();
    let early = 0;
    const isAllStarted = new Map<number, boolean>();
    machine.tracer.on("record", kernelEvents.invalidateCalled, (task, sub, _range, _seq, _ok, finish) => {
      notifiers.add(sub);
      if (finish !== 0) withFinish.add(sub);
      isAllStarted.set(task.id, false);
    });
    machine.tracer.on("record", kernelEvents.invalidateStartPassDone, (task) => isAllStarted.set(task.id, true));
    machine.tracer.on("record", kernelEvents.invalidateFinished, (task) => {
      if (isAllStarted.get(task.id) !== true) early++;
    });
    for (let seed = 1; seed <= 5; seed++) play(machine, { seed });
    expect(early).toBe(0);
    expect(withFinish.size).toBeGreaterThan(0);
    expect(notifiers.size).toBeGreaterThan(withFinish.size);
  });

  it("is refused if its drivers need different notifier cores", () => {
    expect(() => passesFor("two-pass,single-pass,n-pass")).toThrow("two-pass needs two-pass, n-pass needs n-pass-list");
    expect(passesFor("single-pass,n-pass").name).toBe("n-pass-list");
  });

  it("has the core that stands in for those which its drivers need", () => {
    expect(passesFor("two-pass,nouveau-undone").name).toBe("two-pass-undone");
    expect(passesFor("nouveau-undone,kvm,xe-userptr-joined").name).toBe("two-pass-undone");
    expect(() => passesFor("nouveau-undone,finish-at-range-end")).toThrow(
      "nouveau-undone needs two-pass-undone, finish-at-range-end needs finish-at-range-end",
    );
  });

  it("knows no driver that does not exist", () => {
    const { kernel, gpus, layout } = new TestMachine({ driver: "single-pass" });
    const options = { finish: { kind: "embedded" } } as const;
    expect(() => passesFor("single-pass,mine")).toThrow("no such design: mine");
    expect(() => createDriver("single-pass,mine", options, kernel, gpus, layout)).toThrow("no such design: mine");
  });
});
