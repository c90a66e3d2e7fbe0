import { describe, expect, it } from "vitest";
import { violationsOfWalks } from "../../walks.ts";

describe("gpusvm", () => {
  it("keeps GPUs off pages that are taken away, in big ranges and in small ones", () => {
    expect(violationsOfWalks(25, { driver: "gpusvm" })).toEqual([]);
    expect(violationsOfWalks(10, { driver: "gpusvm", frames: 512 }, { pages: 40, operations: 5 })).toEqual([]);
    expect(
      violationsOfWalks(10, { driver: "gpusvm", gpuConfig: { contexts: 2, tlbLatencyUs: 5 } }, { exitsEarly: true }),
    ).toEqual([]);
  });
});

describe("gpusvm-two-pass-checked", () => {
  const CHECKED = "gpusvm-two-pass-checked";

  it("keeps GPUs off pages that are taken away", () => {
    expect(violationsOfWalks(25, { driver: CHECKED }, { disturbers: 1, operations: 5 })).toEqual([]);
    expect(violationsOfWalks(25, { driver: CHECKED })).toEqual([]);
    expect(violationsOfWalks(10, { driver: CHECKED, frames: 512 }, { pages: 40, operations: 5 })).toEqual([]);
  });

  it("survives allocations that fail, late answers, and the end of the process", () => {
    expect(violationsOfWalks(10, { driver: CHECKED, driverOptions: { finish: { kind: "nowait", failPercent: 50 } } })).toEqual(
      [],
    );
    const late = { lateAnswerPercent: 30, lateAnswerUs: 1_000_000 };
    expect(violationsOfWalks(10, { driver: CHECKED, gpuConfig: late })).toEqual([]);
    expect(violationsOfWalks(10, { driver: CHECKED, gpuConfig: { contexts: 2, tlbLatencyUs: 5 } }, { exitsEarly: true })).toEqual(
      [],
    );
  });
});
