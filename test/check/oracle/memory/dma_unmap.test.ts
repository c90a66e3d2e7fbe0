import { expect, test } from "vitest";
import { driverEvents } from "../../../../src/driver/tracepoints.ts";
import { CPU1, DATA, Rig, VA, VM } from "../../rig.ts";

test("a page unmapped for a device that still translates to it", () => {
  const rig = new Rig();
  rig.fill();
  rig.hit(CPU1, driverEvents.dmaUnmap, 0, VA, DATA, VM);
  expect(rig.messages).toEqual(["frame 3 was unmapped for gpu0, whose TLB still translates 0x70000000 to it"]);
});

test("a page unmapped after the flush", () => {
  const rig = new Rig();
  rig.fill();
  rig.flush(1);
  rig.hit(CPU1, driverEvents.dmaUnmap, 0, VA, DATA, VM);
  expect(rig.messages).toEqual([]);
});

test("a page unmapped for a GPU that stands still", () => {
  const rig = new Rig();
  rig.fill();
  rig.isStopped = true;
  rig.hit(CPU1, driverEvents.dmaUnmap, 0, VA, DATA, VM);
  expect(rig.messages).toEqual([]);
});
