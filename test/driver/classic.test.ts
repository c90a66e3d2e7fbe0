import { describe, expect, it } from "vitest";
import { violationsOfWalks } from "./walks.ts";

describe.each(["kvm", "nouveau", "nouveau-undone"])("%s", (driver) => {
  it("keeps GPUs off pages that are taken away", () => {
    expect(violationsOfWalks(30, { driver })).toEqual([]);
    expect(violationsOfWalks(20, { driver, gpuConfig: { tlbLatencyUs: 5, contexts: 2 } }, { operations: 5 })).toEqual([]);
  });

  it("survives the end of the process while GPUs work in it", () => {
    expect(violationsOfWalks(20, { driver }, { exitsEarly: true, operations: 1 })).toEqual([]);
  });
});
