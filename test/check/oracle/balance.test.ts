import { expect, test } from "vitest";
import { imbalances } from "../../../src/check/oracle/balance.ts";
import { CPU0, Rig } from "../rig.ts";

test("only what differs is told, by name", () => {
  expect(
    imbalances([
      { name: "frames in use", expected: 3, actual: 3 },
      { name: "mms in use", expected: 0, actual: 2 },
    ]),
  ).toEqual(["mms in use: 2 at quiescence, expected 0"]);
});

test("a leak is a violation", () => {
  const rig = new Rig();
  rig.oracles[CPU0 - 1].atQuiescence(rig.tasks[CPU0 - 1], [{ name: "finish objects in use", expected: 0, actual: 1 }]);
  expect(rig.rules).toEqual(["balance"]);
});
