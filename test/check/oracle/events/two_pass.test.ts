import { expect, test } from "vitest";
import { kernelEvents } from "../../../../src/kernel/tracepoints.ts";
import { CPU0, CPU1, FINISH, GPU0, MIGRATE, MM, OTHER_FINISH, OTHER_SUB, OWNER, Rig, SUB, VA } from "../../rig.ts";

const EAGAIN = -11;

/** Two notifiers, both two-pass. */
function rigOfTwo(): Rig {
  const rig = new Rig();
  rig.insert(OTHER_SUB);
  return rig;
}

test("two notifiers started, then finished in the same order", () => {
  const rig = rigOfTwo();
  const range = rig.rangeStart(CPU0);
  rig.call(range, { finish: FINISH });
  rig.call(range, { sub: OTHER_SUB, finish: OTHER_FINISH });
  rig.startPassDone(range);
  rig.finish(range, FINISH);
  rig.finish(range, OTHER_FINISH, OTHER_SUB);
  rig.rangeStarted(range);
  rig.rangeEnd(range);
  expect(rig.messages).toEqual([]);
});

test("finish forgotten", () => {
  const rig = rigOfTwo();
  const range = rig.rangeStart(CPU0);
  rig.call(range, { finish: FINISH });
  rig.call(range, { sub: OTHER_SUB, finish: OTHER_FINISH });
  rig.startPassDone(range);
  rig.finish(range, FINISH);
  rig.rangeStarted(range);
  expect(rig.rules).toEqual(["I10"]);
  expect(rig.messages[0]).toBe(
    "[0x70000000, 0x70001000) of mm: invalidate_range_start returned without 1 of 2 finish callbacks, first of other_sub",
  );
});

test("finish run twice", () => {
  const rig = new Rig();
  const range = rig.rangeStart(CPU0);
  rig.call(range, { finish: FINISH });
  rig.startPassDone(range);
  rig.finish(range, FINISH);
  rig.finish(range, FINISH);
  expect(rig.rules).toEqual(["I10"]);
});

test("finish run in the start pass", () => {
  const rig = rigOfTwo();
  const range = rig.rangeStart(CPU0);
  rig.call(range, { finish: FINISH });
  rig.finish(range, FINISH);
  rig.call(range, { sub: OTHER_SUB });
  rig.startPassDone(range);
  rig.rangeStarted(range);
  expect(rig.rules).toEqual(["I10"]);
});

test("finishes run last in, first out", () => {
  const rig = rigOfTwo();
  const range = rig.rangeStart(CPU0);
  rig.call(range, { finish: FINISH });
  rig.call(range, { sub: OTHER_SUB, finish: OTHER_FINISH });
  rig.startPassDone(range);
  rig.finish(range, OTHER_FINISH, OTHER_SUB);
  expect(rig.messages[0]).toContain("other_sub was finished before sub, which was started before it");
});

test("a finish that nobody handed out", () => {
  const rig = new Rig();
  const range = rig.rangeStart(CPU0);
  rig.call(range);
  rig.startPassDone(range);
  rig.finish(range, FINISH);
  expect(rig.rules).toEqual(["I10"]);
});

test("a start after the start pass", () => {
  const rig = new Rig();
  const range = rig.rangeStart(CPU0);
  rig.startPassDone(range);
  rig.call(range);
  expect(rig.rules).toEqual(["I10"]);
});

test("set_seq omitted", () => {
  const rig = new Rig();
  const range = rig.rangeStart(CPU0);
  rig.call(range, { setSeq: false });
  expect(rig.rules).toEqual(["I6"]);
  expect(rig.messages[0]).toContain("sub returned with number 1, it was given 3: set_seq is missing");
});

test("set_seq may be omitted by who migrates by itself", () => {
  const rig = new Rig();
  const range = rig.rangeStart(CPU0, { event: MIGRATE, owner: OWNER });
  rig.call(range, { setSeq: false });
  expect(rig.rules).toEqual([]);
});

test("a callback that is given another number than its range has", () => {
  const rig = new Rig();
  const range = rig.rangeStart(CPU0);
  rig.call({ ...range, seq: 5 });
  expect(rig.rules).toEqual(["I6"]);
});

test("-EAGAIN: who was started is finished, and the range is over", () => {
  const rig = rigOfTwo();
  const range = rig.rangeStart(CPU0, { blockable: false });
  rig.call(range, { finish: FINISH });
  rig.call(range, { sub: OTHER_SUB, ok: 0, setSeq: false });
  rig.startPassDone(range, EAGAIN);
  rig.finish(range, FINISH);
  rig.invEnd(CPU0);
  rig.rangeStarted(range, EAGAIN);
  expect(rig.messages).toEqual([]);
});

test("-EAGAIN that loses the finish pass", () => {
  const rig = rigOfTwo();
  const range = rig.rangeStart(CPU0, { blockable: false });
  rig.call(range, { finish: FINISH });
  rig.call(range, { sub: OTHER_SUB, ok: 0, setSeq: false });
  rig.startPassDone(range, EAGAIN);
  rig.invEnd(CPU0);
  rig.rangeStarted(range, EAGAIN);
  expect(rig.messages).toEqual([
    "[0x70000000, 0x70001000) of mm: invalidate_range_start returned -11 without 1 of 1 finish callbacks, first of sub",
  ]);
});

test("-EAGAIN that leaves the range active", () => {
  const rig = new Rig();
  const range = rig.rangeStart(CPU0, { blockable: false });
  rig.call(range, { ok: 0, setSeq: false });
  rig.startPassDone(range, EAGAIN);
  rig.rangeStarted(range, EAGAIN);
  expect(rig.rules).toEqual(["I1"]);
});

test("range_end after -EAGAIN, and range_end out of nowhere", () => {
  const rig = new Rig();
  const range = rig.rangeStart(CPU0, { blockable: false });
  rig.call(range, { ok: 0, setSeq: false });
  rig.startPassDone(range, EAGAIN);
  rig.invEnd(CPU0);
  rig.rangeStarted(range, EAGAIN);
  rig.hit(CPU0, kernelEvents.invalidateRangeEnd, MM, VA, VA + 1, range.id);
  rig.hit(CPU1, kernelEvents.invalidateRangeEnd, MM, VA, VA + 1, 99);
  expect(rig.rules).toEqual(["RULES 28", "RULES 28"]);
});

test("nobody is called after a refusal", () => {
  const rig = rigOfTwo();
  const range = rig.rangeStart(CPU0, { blockable: false });
  rig.call(range, { ok: 0, setSeq: false });
  rig.call(range, { sub: OTHER_SUB });
  expect(rig.rules).toEqual(["RULES 27"]);
});

test("a refusal in a range that may block", () => {
  const rig = new Rig();
  const range = rig.rangeStart(CPU0);
  rig.call(range, { ok: 0 });
  expect(rig.rules).toEqual(["I26"]);
});

test("a refusal that hands out a finish object", () => {
  const rig = new Rig();
  const range = rig.rangeStart(CPU0, { blockable: false });
  rig.call(range, { ok: 0, finish: FINISH });
  expect(rig.rules).toEqual(["I12"]);
});

test("one finish object in two lists, on two threads", () => {
  const rig = rigOfTwo();
  const range = rig.rangeStart(CPU0);
  const other = rig.rangeStart(CPU1);
  rig.call(range, { finish: FINISH });
  rig.call(other, { finish: FINISH });
  expect(rig.rules).toEqual(["I11"]);
  expect(rig.messages[0]).toContain("sub handed out finish object finish, which is still in the list of cpu0");
});

test("a finish object may be handed out again while its callback runs: it may recycle it", () => {
  const rig = new Rig();
  const range = rig.rangeStart(CPU0);
  const other = rig.rangeStart(CPU1);
  rig.call(range, { finish: FINISH });
  rig.startPassDone(range);
  rig.hit(CPU0, kernelEvents.invalidateFinish, SUB, range.id, FINISH);
  rig.call(other, { finish: FINISH });
  rig.hit(CPU0, kernelEvents.invalidateFinished, SUB, range.id, FINISH);
  rig.startPassDone(other);
  rig.finish(other, FINISH);
  rig.rangeStarted(range);
  rig.rangeStarted(other);
  expect(rig.messages).toEqual([]);
});

test("a finish object from a notifier of one pass", () => {
  const rig = new Rig();
  const range = rig.rangeStart(CPU0);
  rig.hit(CPU0, kernelEvents.invalidateCall, SUB, range.id, range.seq, 0);
  rig.hit(CPU0, kernelEvents.intervalSetSeq, SUB, range.seq);
  rig.hit(CPU0, kernelEvents.invalidateCalled, SUB, range.id, range.seq, 1, FINISH);
  expect(rig.rules).toEqual(["RULES 14"]);
});

test("a callback under a spinlock", () => {
  const rig = new Rig();
  const range = rig.rangeStart(CPU0);
  rig.tasks[CPU0 - 1].atomicDepth = 1;
  rig.call(range, { finish: FINISH });
  rig.startPassDone(range);
  rig.finish(range, FINISH);
  expect(rig.rules).toEqual(["I8", "I8"]);
});

test("a classic notifier between the passes, and after them", () => {
  const rig = new Rig();
  const range = rig.rangeStart(CPU0);
  rig.call(range, { finish: FINISH });
  rig.startPassDone(range);
  rig.hit(CPU0, kernelEvents.hlistCall, 0x5000, 0, range.id);
  rig.finish(range, FINISH);
  rig.hit(CPU0, kernelEvents.hlistCall, 0x5000, 0, range.id);
  expect(rig.rules).toEqual(["RULES 24"]);
});

test("a range inside another one of the same task", () => {
  const rig = rigOfTwo();
  const outer = rig.rangeStart(CPU0);
  const inner = rig.rangeStart(CPU0);
  rig.call(inner, { finish: FINISH });
  rig.startPassDone(inner);
  rig.finish(inner, FINISH);
  rig.rangeStarted(inner);
  rig.rangeEnd(inner);
  rig.call(outer);
  rig.startPassDone(outer);
  rig.rangeStarted(outer);
  rig.rangeEnd(outer);
  expect(rig.messages).toEqual([]);
});

test("at quiescence no finish object is in a list", () => {
  const rig = new Rig();
  const range = rig.rangeStart(CPU0);
  rig.call(range, { finish: FINISH });
  rig.startPassDone(range);
  rig.rangeStarted(range);
  rig.rangeEnd(range);
  rig.oracles[GPU0 - 1].atQuiescence(rig.tasks[GPU0 - 1], []);
  expect(rig.rules).toEqual(["I10", "I11"]);
});

/** Two notifiers, of which the first names another pass; up to the end of the start pass. */
function startBoth(rig: Rig): ReturnType<Rig["rangeStart"]> {
  rig.insert(OTHER_SUB);
  const range = rig.rangeStart(CPU0);
  rig.call(range, { finish: FINISH });
  rig.call(range, { sub: OTHER_SUB, finish: OTHER_FINISH });
  rig.startPassDone(range);
  return range;
}

test("a third pass, behind the second ones", () => {
  const rig = new Rig();
  const range = startBoth(rig);
  rig.finish(range, FINISH, SUB, FINISH);
  rig.finish(range, OTHER_FINISH, OTHER_SUB);
  rig.finish(range, FINISH);
  rig.rangeStarted(range);
  rig.rangeEnd(range);
  expect(rig.messages).toEqual([]);
});

test("a third pass forgotten", () => {
  const rig = new Rig();
  const range = startBoth(rig);
  rig.finish(range, FINISH, SUB, FINISH);
  rig.finish(range, OTHER_FINISH, OTHER_SUB);
  rig.rangeStarted(range);
  expect(rig.messages).toEqual([
    "[0x70000000, 0x70001000) of mm: invalidate_range_start returned without 1 of 3 finish callbacks, first of sub",
  ]);
});

test("a third pass before a second one, which only some cores may do", () => {
  for (const isAnyOrder of [false, true]) {
    const rig = new Rig(isAnyOrder);
    const range = startBoth(rig);
    rig.finish(range, FINISH, SUB, FINISH);
    rig.finish(range, FINISH);
    rig.finish(range, OTHER_FINISH, OTHER_SUB);
    rig.rangeStarted(range);
    expect(rig.rules).toEqual(isAnyOrder ? [] : ["I10", "I10"]);
  }
});
