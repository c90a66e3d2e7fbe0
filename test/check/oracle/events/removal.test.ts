import { expect, test } from "vitest";
import { kernelEvents } from "../../../../src/kernel/tracepoints.ts";
import { CPU0, CPU1, FINISH, OTHER_FINISH, Rig, SUB } from "../../rig.ts";

/** Remove the notifier as one does when nothing is invalidated. */
function remove(rig: Rig): void {
  rig.hit(CPU1, kernelEvents.intervalRemove, SUB, 0);
  rig.hit(CPU1, kernelEvents.intervalOutOfTree, SUB);
  rig.hit(CPU1, kernelEvents.intervalRemoved, SUB);
}

test("removed, and inserted again: callbacks may run", () => {
  const rig = new Rig();
  remove(rig);
  rig.insert(SUB);
  rig.rangeEnd(rig.invalidated(CPU0));
  expect(rig.messages).toEqual([]);
});

test("a callback after the removal, on another thread", () => {
  const rig = new Rig();
  remove(rig);
  rig.invalidated(CPU0);
  expect(rig.rules).toEqual(["I7"]);
  expect(rig.messages[0]).toBe("sub was called after it had been removed");
});

test("removed while its callback runs", () => {
  const rig = new Rig();
  const range = rig.rangeStart(CPU0);
  rig.hit(CPU0, kernelEvents.invalidateCall, SUB, range.id, 3, 0);
  rig.hit(CPU1, kernelEvents.intervalRemove, SUB, 1);
  rig.hit(CPU1, kernelEvents.intervalRemoved, SUB);
  expect(rig.rules).toEqual(["I7", "RULES 36"]);
});

test("removed while it owes a finish, and finished afterwards", () => {
  const rig = new Rig();
  const range = rig.rangeStart(CPU0);
  rig.call(range, { finish: FINISH });
  rig.startPassDone(range);
  rig.hit(CPU1, kernelEvents.intervalRemove, SUB, 1);
  rig.hit(CPU1, kernelEvents.intervalRemoved, SUB);
  rig.finish(range, FINISH);
  expect(rig.rules).toEqual(["I7", "I7", "RULES 36"]); // cpu0's first
});

test("a removal that waited for the invalidation to end", () => {
  const rig = new Rig();
  const range = rig.rangeStart(CPU0);
  rig.hit(CPU1, kernelEvents.intervalRemove, SUB, 1);
  rig.call(range, { finish: FINISH });
  rig.startPassDone(range);
  rig.finish(range, FINISH);
  rig.rangeStarted(range);
  rig.rangeEnd(range);
  rig.hit(CPU0, kernelEvents.intervalOutOfTree, SUB);
  rig.hit(CPU1, kernelEvents.intervalRemoved, SUB);
  expect(rig.messages).toEqual([]);
});

test("removed when nothing was ever owed: one pass, and a refusal", () => {
  const rig = new Rig();
  rig.rangeEnd(rig.invalidated(CPU0));
  const refused = rig.rangeStart(CPU0, { blockable: false });
  rig.call(refused, { ok: 0, setSeq: false });
  rig.startPassDone(refused, -11);
  rig.invEnd(CPU0);
  rig.rangeStarted(refused, -11);
  remove(rig);
  expect(rig.messages).toEqual([]);
});

test.each([
  { isDone: true, told: [] },
  { isDone: false, told: ["sub was removed while 1 of its finish callbacks are owed"] },
])("removed when a further pass is done: $isDone", ({ isDone, told }) => {
  const rig = new Rig();
  const range = rig.rangeStart(CPU0);
  rig.call(range, { finish: FINISH });
  rig.startPassDone(range);
  rig.finish(range, FINISH, SUB, OTHER_FINISH);
  if (isDone) rig.finish(range, OTHER_FINISH);
  rig.rangeStarted(range);
  rig.rangeEnd(range);
  const before = rig.messages.length;
  remove(rig);
  expect(rig.messages.slice(before)).toEqual(told);
});
