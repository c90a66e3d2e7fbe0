import { beforeEach, expect, test } from "vitest";
import { driverEvents } from "../../src/driver/tracepoints.ts";
import { kernelEvents } from "../../src/kernel/tracepoints.ts";
import { ASID, CPU0, FINISH, MM, PAGE, Rig, VA } from "./rig.ts";

/** More of everything than there is place for. */
const MANY = 16_400;

let rig: Rig;
beforeEach(() => {
  rig = new Rig();
});

/** What the oracles of all threads missed, and whether they all say the same. */
function missed() {
  const [first, ...others] = rig.oracles.map((oracles) => oracles.missed(rig.words));
  for (const other of others) expect(other).toEqual(first);
  return Object.keys(first);
}

/** An address for each of many objects. */
const addrOf = (index: number) => 0x10_0000 + index * 16;

function handOut(times: number): void {
  for (let i = 0; i < times; i++) {
    const range = rig.rangeStart(CPU0);
    rig.call(range, { finish: i === 0 ? FINISH : addrOf(i) });
    rig.startPassDone(range);
    rig.finish(range, i === 0 ? FINISH : addrOf(i));
    rig.rangeStarted(range);
    rig.rangeEnd(range);
  }
}

function send(times: number): void {
  for (let seqno = 1; seqno <= times; seqno++) {
    rig.hit(CPU0, driverEvents.flushSubmit, 0, VA, VA + PAGE, seqno);
    rig.flush(seqno);
  }
  rig.hit(CPU0, driverEvents.flushWaited, 0, 1, 0, 0);
}

test("a machine for which there is room: nothing is missed", () => {
  rig.commit();
  rig.gpuRead(rig.fill());
  handOut(3);
  send(1000);
  expect(missed()).toEqual([]);
});

test.each<[string, () => void]>([
  ["interval notifiers", () => void Array.from({ length: MANY }, (_, i) => rig.insert(addrOf(i)))],
  ["finish objects", () => handOut(MANY)],
  ["processes", () => void Array.from({ length: 1100 }, (_, i) => rig.hit(CPU0, kernelEvents.invalidateState, addrOf(i), 2, 1))],
  [
    "GPU address spaces",
    () => void Array.from({ length: 4100 }, (_, i) => rig.hit(CPU0, driverEvents.vmOpen, 0, addrOf(i), MM, ASID)),
  ],
  ["active ranges", () => void Array.from({ length: 300 }, () => rig.invalidated(CPU0))],
  ["TLB invalidations", () => send(1100)],
  [
    "translations",
    () => {
      const first = rig.fill();
      for (let i = 0; i < 4100; i++) rig.fill();
      rig.gpuRead(first);
    },
  ],
])("more %s than there is room for: that is counted", (what, play) => {
  play();
  expect(missed()).toEqual([what]);
});
