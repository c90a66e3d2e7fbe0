import { expect, test } from "vitest";
import { driverEvents } from "../../../src/driver/tracepoints.ts";
import { kernelEvents } from "../../../src/kernel/tracepoints.ts";
import { CPU0, CPU1, DATA, FINISH, MM, PAGE, Rig, VA } from "../rig.ts";

const UNKNOWN = 0x7770;

test("an event about what no book has heard of changes nothing of the machine", () => {
  const rig = new Rig();
  const end = rig.physical.entry(rig.physical.frames, 0); // the books lie behind the frames
  const before = rig.words.slice(0, end);
  const range = rig.rangeStart(CPU0);
  rig.call(range, { sub: UNKNOWN, finish: FINISH });
  rig.startPassDone(range);
  rig.rangeStarted(range);
  rig.rangeEnd(range);
  for (const event of [kernelEvents.intervalInTree, kernelEvents.intervalOutOfTree, kernelEvents.intervalRemoved])
    rig.hit(CPU0, event, UNKNOWN);
  rig.hit(CPU0, kernelEvents.intervalRemove, UNKNOWN, 1);
  rig.hit(CPU1, kernelEvents.readBegin, UNKNOWN, 3, 0);
  rig.hit(CPU1, driverEvents.vmClose, 0, UNKNOWN);
  rig.hit(CPU1, driverEvents.dmaUnmap, 0, VA, DATA, UNKNOWN);
  rig.hit(CPU1, kernelEvents.pteClear, MM + PAGE, VA, 0);
  expect(rig.words.slice(0, end)).toEqual(before);
});
