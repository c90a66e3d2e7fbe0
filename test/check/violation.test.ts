import { expect, test } from "vitest";
import { CPU0, DATA, GPU0, Rig } from "./rig.ts";

test("all violations are counted, a hundred are kept in full, and somebody may be told of each", () => {
  const rig = new Rig();
  rig.commit();
  const translation = rig.fill();
  rig.free(CPU0, DATA);
  let told = 0;
  rig.oracles[GPU0 - 1].onViolation(() => void told++);
  for (let i = 0; i < 150; i++) rig.gpuRead(translation);
  expect(rig.oracles[GPU0 - 1].violations()).toHaveLength(100);
  expect(rig.oracles[GPU0 - 1].violationCounts()).toEqual({ "stale-access": 150 });
  expect(rig.oracles[GPU0 - 1].snapshot().counts.staleAccesses).toBe(150);
  expect(told).toBe(150);
});
