import { describe, expect, it } from "vitest";
import { trialMachine } from "../../src/compare/machine.ts";
import { measure } from "../../src/compare/trial.ts";
import { DESIGNS, isUserLock, registerDesign, soundnessOf, SOUND_MIXTURES } from "../../src/driver/catalogue.ts";
import { passesFor } from "../../src/driver/create_driver.ts";
import { lockClass } from "../../src/driver/design.ts";
import { DEFAULT_COSTS } from "../../src/executor/simulator/costs.ts";
import { Mutex } from "../../src/kernel/locking/mutex.ts";
import { struct, u32 } from "../../src/machine/struct.ts";

const twoPass = DESIGNS[0];

describe("the catalogue of designs", () => {
  it("has each name once, and something to say of each", () => {
    expect(new Set(DESIGNS.map(({ name }) => name)).size).toBe(DESIGNS.length);
    for (const { summary } of DESIGNS) expect(summary).toMatch(/^\S.{10,70}\S$/);
  });

  it("has as controls those that are wrong on purpose", () => {
    expect(DESIGNS.filter(({ kind, soundness }) => (kind === "control") !== (soundness.kind === "wrong"))).toEqual([]);
  });

  it.each(DESIGNS)("names the lock that $name takes in a run", ({ name, userLock }) => {
    const config = trialMachine({ driver: name, gpus: 1, cpus: 2, scenario: "mixed", tlbLatencyUs: 4, seed: 1 });
    const { locks } = measure({ labels: {}, config, invalidations: 4, seconds: 0.05, isWatched: false }, DEFAULT_COSTS);
    expect(locks.filter(({ held, waits }) => held + waits > 0).map((lock) => lock.name)).toContain(userLock);
    expect(isUserLock(userLock!)).toBe(true);
  });

  it("does not take other locks for a user lock", () => {
    expect(isUserLock("mm_struct.mmap_lock")).toBe(false);
  });
});

describe("a mixture", () => {
  it("is as sound as the worst of its designs", () => {
    expect(soundnessOf("two-pass,kvm")).toEqual({ kind: "sound" });
    expect(soundnessOf("two-pass,nouveau,kvm")).toEqual({ kind: "finding", numbers: [7] });
    expect(soundnessOf("nouveau,finish-at-range-end")).toEqual({ kind: "wrong" });
  });

  it.each(SOUND_MIXTURES)("%s is of sound designs that one kernel serves", (mixture) => {
    expect(soundnessOf(mixture)).toEqual({ kind: "sound" });
    expect(() => passesFor(mixture)).not.toThrow();
  });
});

describe("a design of the user's", () => {
  it("is never known to be sound, and makes nothing else known to be wrong", () => {
    registerDesign("mine-of-catalogue-test", { ...twoPass, create: twoPass.create });
    expect(soundnessOf("mine-of-catalogue-test")).toEqual({ kind: "unknown" });
    expect(soundnessOf("two-pass,mine-of-catalogue-test")).toEqual({ kind: "unknown" });
    expect(soundnessOf("nouveau,mine-of-catalogue-test")).toMatchObject({ kind: "finding" });
  });

  it("may have a user lock of its own", () => {
    const Vm = struct("my_vm", { mm: u32, innerLock: Mutex });
    const Process = struct("my_process", { users: u32, vm: Vm });
    const userLock = lockClass(Process, Process.vm, Vm.innerLock);
    expect(userLock).toBe("my_process.vm.inner_lock");
    expect(isUserLock(userLock)).toBe(false);
    registerDesign("locked-of-catalogue-test", { create: twoPass.create, userLock });
    expect(isUserLock(userLock)).toBe(true);
  });
});
