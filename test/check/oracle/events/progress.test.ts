import { expect, test } from "vitest";
import { deviceEvents } from "../../../../src/device/tracepoints.ts";
import { kernelEvents } from "../../../../src/kernel/tracepoints.ts";
import { CPU0, CPU1, GPU0, Rig, SUB, VA } from "../../rig.ts";

test("what was begun and finished is no longer waited for; the longest wait is remembered", () => {
  const rig = new Rig();
  rig.hit(CPU1, kernelEvents.readBeginWait, SUB, 3);
  rig.nowUs += 500;
  rig.hit(CPU1, kernelEvents.readBegin, SUB, 3, 1);
  rig.hit(CPU1, kernelEvents.readBegin, SUB, 3, 0);
  rig.hit(CPU1, kernelEvents.intervalRemove, SUB, 1);
  rig.nowUs += 700;
  rig.hit(CPU1, kernelEvents.intervalRemoved, SUB);
  rig.rangeEnd(rig.invalidated(CPU1));
  rig.hit(GPU0, deviceEvents.fault, 0, 1, VA, 0);
  rig.hit(GPU0, deviceEvents.faultAnswered, 0, 1, VA, 0);
  const worst = rig.oracles[CPU1 - 1].snapshot().worst;
  expect(worst.readBeginUs).toBeGreaterThanOrEqual(500);
  expect(worst.removeUs).toBeGreaterThanOrEqual(700);
  expect(worst.notifierUs).toBeGreaterThan(0);
  expect(rig.oracles.flatMap((oracles) => oracles.unfinished())).toEqual([]);
});

test("what was begun and not finished is told by the thread that began it, oldest first", () => {
  const rig = new Rig();
  rig.rangeStart(CPU0);
  rig.hit(CPU0, kernelEvents.intervalRemove, SUB, 1);
  rig.invalidated(CPU1);
  rig.hit(CPU1, kernelEvents.readBeginWait, SUB, 3);
  rig.hit(GPU0, deviceEvents.fault, 0, 1, VA, 0);
  const told = rig.oracles.map((oracles) => oracles.unfinished().map(({ what, task }) => `${task}: ${what}`));
  expect(told).toEqual([
    ["cpu0: invalidate_range_start of [0x70000000, 0x70001000)", "cpu0: remove of sub"],
    ["cpu1: between invalidate_range_start and _end of [0x70000000, 0x70001000)", "cpu1: read_begin of sub"],
    ["gpu0: fault of context 1 at 0x70000000"],
  ]);
  rig.oracles[CPU0 - 1].atQuiescence(rig.tasks[CPU0 - 1], []);
  expect(rig.messages.slice(1)).toEqual([
    "ranges between start and end: 1 at quiescence, expected 0",
    "read_begin asleep: 1 at quiescence, expected 0",
    "notifiers being removed: 1 at quiescence, expected 0",
    "faults without an answer: 1 at quiescence, expected 0",
  ]);
});

test("what an execution left unfinished is forgotten when the next one begins", () => {
  const rig = new Rig();
  rig.rangeStart(CPU0);
  rig.hit(CPU0, kernelEvents.intervalRemove, SUB, 1);
  rig.hit(CPU1, kernelEvents.readBeginWait, SUB, 3);
  rig.hit(GPU0, deviceEvents.fault, 0, 1, VA, 0);
  for (const oracles of rig.oracles) oracles.reset();
  expect(rig.oracles.flatMap((oracles) => oracles.unfinished())).toEqual([]);
});
