import { expect, it } from "vitest";
import { DRIVER_NAMES } from "../../src/driver/catalogue.ts";
import { TestMachine } from "./machine.ts";

const hasDeferredWork = (driver: string) => new TestMachine({ driver, gpus: 2 }).driver.hasDeferredWork;

it("is waited for where contexts stand still until their memory is bound again, and nowhere else", () => {
  expect(DRIVER_NAMES.filter(hasDeferredWork)).toEqual(["xe-userptr-preempt", "amdgpu", "amdgpu-partitions"]);
});

it("is waited for in a mixture if one of its drivers has any", () => {
  expect(["two-pass,kvm", "kvm,xe-userptr-preempt"].map(hasDeferredWork)).toEqual([false, true]);
});
