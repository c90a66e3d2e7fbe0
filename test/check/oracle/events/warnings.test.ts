import { expect, test } from "vitest";
import { kernelEvents } from "../../../../src/kernel/tracepoints.ts";
import { WARN_REMOVE_NOT_IN_TREE } from "../../../../src/kernel/warn.ts";
import { CPU0, Rig } from "../../rig.ts";

test("a WARN_ON of the kernel is a violation", () => {
  const rig = new Rig();
  rig.hit(CPU0, kernelEvents.warn, WARN_REMOVE_NOT_IN_TREE);
  expect(rig.rules).toEqual(["WARN"]);
  expect(rig.messages).toEqual(["WARN_ON: remove not in tree"]);
});
