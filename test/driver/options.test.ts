import { expect, it } from "vitest";
import { parseFinishOption } from "../../src/driver/options.ts";
import { DRIVER_NAMES } from "../../src/driver/catalogue.ts";
import { createDriver } from "../../src/driver/create_driver.ts";
import { TestMachine } from "./machine.ts";

it("reads where finish objects come from", () => {
  expect(parseFinishOption("pool:8")).toEqual({ kind: "pool", size: 8 });
  expect(parseFinishOption("pool:0")).toEqual({ kind: "pool", size: 0 });
  expect(parseFinishOption("shared-pool:3")).toEqual({ kind: "shared-pool", size: 3 });
  expect(parseFinishOption("embedded")).toEqual({ kind: "embedded" });
  expect(parseFinishOption("block")).toEqual({ kind: "block" });
  expect(parseFinishOption("join")).toEqual({ kind: "join" });
  expect(parseFinishOption("nowait:12.5")).toEqual({ kind: "nowait", failPercent: 12.5 });
});

it.each([
  "",
  "pool",
  "pool:",
  "pool:-1",
  "pool:1.5",
  "embedded:1",
  "block:1",
  "join:",
  "shared-pool",
  "nowait",
  "nowait:101",
  "slab:3",
])("refuses %j", (text) => {
  expect(() => parseFinishOption(text)).toThrow(RangeError);
});

it("makes every driver by its name, and none by another", () => {
  for (const driver of DRIVER_NAMES) expect(new TestMachine({ driver }).driver.name).toBe(driver);
  expect(DRIVER_NAMES[0]).toBe("two-pass");
  expect(() => new TestMachine({ driver: "three-pass" })).toThrow(RangeError);
});

it("refuses a driver whose callbacks the kernel's notifier core does not know", () => {
  const { kernel, gpus, layout } = new TestMachine({ driver: "two-pass" });
  expect(() => createDriver("n-pass", { finish: { kind: "embedded" } }, kernel, gpus, layout)).toThrow(
    "driver: n-pass needs the notifier core n-pass-list, the kernel has two-pass",
  );
  expect(createDriver("single-pass", { finish: { kind: "embedded" } }, kernel, gpus, layout).name).toBe("single-pass");
});
