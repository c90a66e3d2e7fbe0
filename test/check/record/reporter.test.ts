import { expect, test } from "vitest";
import { CPU0, DATA, GPU0, Rig } from "../rig.ts";

test("all violations are counted, over all threads, and a hundred are kept in full", () => {
  const rig = new Rig();
  rig.commit();
  const translation = rig.fill();
  rig.free(CPU0, DATA);
  for (let i = 0; i < 150; i++) rig.gpuRead(translation);
  expect(rig.oracles[GPU0 - 1].violations()).toHaveLength(100);
  expect(rig.oracles[GPU0 - 1].violationCounts()).toEqual({ "stale-access": 150 });
  expect(rig.oracles[GPU0 - 1].snapshot().counts.staleAccesses).toBe(150);
  expect(rig.oracles.map((oracles) => oracles.totalViolations(rig.words))).toEqual([150, 150, 150]);
});
