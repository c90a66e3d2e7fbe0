import { expect, test } from "vitest";
import { driverEvents } from "../../../../src/driver/tracepoints.ts";
import { CPU0, CPU1, GPU0, Rig } from "../../rig.ts";

/** The number before the first: numbers are modular, and compared over half of their range (RULES 68). */
const LAST = 0x10_0000 - 1;
const HALFWAY = 0x8_0000;

function pending(rig: Rig, task: number, seqno: number): void {
  rig.hit(task, driverEvents.flushPending, 0, seqno);
}

function answered(rig: Rig, seqno: number): void {
  rig.hit(GPU0, driverEvents.flushAnswered, 0, seqno);
}

test("pending, then answered", () => {
  const rig = new Rig();
  pending(rig, CPU0, 1);
  answered(rig, 1);
  pending(rig, CPU1, 2);
  pending(rig, CPU0, 2); // who joins
  answered(rig, 2);
  expect(rig.messages).toEqual([]);
});

test("sent, answered, and only then pending", () => {
  const rig = new Rig();
  answered(rig, 1);
  pending(rig, CPU0, 1);
  expect(rig.rules).toEqual(["RULES 67"]);
  expect(rig.messages).toEqual(["gpu0: a fence became pending for TLB invalidation 1 although 1 was answered before"]);
});

test("answered together with a later one", () => {
  const rig = new Rig();
  pending(rig, CPU0, 2);
  answered(rig, 2);
  pending(rig, CPU1, 1);
  expect(rig.rules).toEqual(["RULES 67"]);
});

test("the numbers begin anew", () => {
  const rig = new Rig();
  answered(rig, HALFWAY);
  pending(rig, CPU0, LAST);
  answered(rig, LAST);
  pending(rig, CPU0, 1);
  expect(rig.messages).toEqual([]);
  answered(rig, 1);
  pending(rig, CPU0, LAST);
  expect(rig.rules).toEqual(["RULES 67"]);
});
