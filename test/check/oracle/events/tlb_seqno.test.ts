import { expect, test } from "vitest";
import { deviceEvents } from "../../../../src/device/tracepoints.ts";
import { driverEvents } from "../../../../src/driver/tracepoints.ts";
import { CPU0, GPU0, Rig, VA } from "../../rig.ts";

const ETIME = -62;

function submit(rig: Rig, seqno: number): void {
  rig.hit(CPU0, driverEvents.flushSubmit, 0, VA, VA + 1, seqno);
}

function waited(rig: Rig, seqno: number, error = 0): void {
  rig.hit(CPU0, driverEvents.flushWaited, 0, seqno, error, 1);
}

test("sent, done, waited for", () => {
  const rig = new Rig();
  submit(rig, 1);
  rig.flush(1);
  rig.hit(GPU0, deviceEvents.commandDone, 0, 1, 1, 40);
  waited(rig, 1);
  expect(rig.messages).toEqual([]);
});

test("flush answered early", () => {
  const rig = new Rig();
  submit(rig, 1);
  rig.hit(GPU0, deviceEvents.commandDone, 0, 1, 1, 40);
  waited(rig, 1);
  expect(rig.messages).toEqual([
    "gpu0: TLB invalidation 1 was signaled before the hardware had done it",
    "gpu0: TLB invalidation 1 was answered before the hardware had done it",
  ]);
});

test("an answer to another kind of request that happens to have the same number", () => {
  const rig = new Rig();
  submit(rig, 1);
  rig.hit(GPU0, deviceEvents.commandDone, 0, 3, 1, 40);
  expect(rig.messages).toEqual([]);
});

test("an answer to a later one that did not wait for this one", () => {
  const rig = new Rig();
  submit(rig, 1);
  submit(rig, 2);
  rig.flush(2);
  waited(rig, 2);
  waited(rig, 1);
  expect(rig.rules).toEqual(["I21"]);
});

test("a time-out promises nothing", () => {
  const rig = new Rig();
  submit(rig, 1);
  waited(rig, 1, ETIME);
  expect(rig.messages).toEqual([]);
});

test("a number used again counts anew", () => {
  const rig = new Rig();
  submit(rig, 1);
  rig.flush(1);
  submit(rig, 1);
  waited(rig, 1);
  expect(rig.rules).toEqual(["I21"]);
});

test("who slept through a thousand others is not judged", () => {
  const rig = new Rig();
  submit(rig, 1);
  rig.flush(1);
  submit(rig, 1025);
  waited(rig, 1);
  expect(rig.messages).toEqual([]);
});
