import { expect, test } from "vitest";
import { kernelEvents } from "../../../../src/kernel/tracepoints.ts";
import { CPU0, CPU1, GPU0, MM, OTHER_SUB, Rig, SUB } from "../../rig.ts";

test("overlapping ranges share one odd number; the last end makes it even", () => {
  const rig = new Rig();
  const first = rig.invalidated(CPU0);
  const second = rig.invalidated(CPU1);
  rig.rangeEnd(first);
  rig.rangeEnd(second);
  expect(rig.messages).toEqual([]);
});

test("more ends than starts", () => {
  const rig = new Rig();
  rig.state(CPU0, 2, 0);
  rig.state(CPU0, 2, -1);
  expect(rig.rules).toEqual(["I1"]);
});

test("a number that becomes even while ranges are active, on whichever thread", () => {
  const rig = new Rig();
  rig.invalidated(CPU0);
  const second = rig.invalidated(CPU1);
  rig.hit(CPU1, kernelEvents.invalidateRangeEnd, MM, second.start, second.end, second.id);
  rig.state(CPU1, 3, 1);
  rig.state(CPU1, 4, 1);
  expect(rig.rules).toEqual(["I2"]);
});

test("a number that the last end leaves odd", () => {
  const rig = new Rig();
  rig.state(CPU0, 2, 1);
  rig.state(CPU0, 3, 1);
  rig.state(CPU0, 3, 0);
  rig.state(CPU1, 3, 1);
  expect(rig.rules).toEqual(["I2"]);
});

test.each([
  ["goes back", 1],
  ["jumps", 5],
])("a number that %s", (_name, seq) => {
  const rig = new Rig();
  rig.state(CPU0, 2, 1);
  rig.state(CPU0, 3, 1);
  rig.state(CPU0, seq, 1);
  expect(rig.rules).toEqual(["I2"]);
});

test("the number wraps around like any other", () => {
  const rig = new Rig();
  rig.state(CPU0, -2, 1);
  rig.state(CPU0, -1, 1);
  rig.state(CPU0, -1, 0);
  rig.state(CPU0, 0, 0);
  expect(rig.messages).toEqual([]);
});

test("even numbers of notifiers", () => {
  const rig = new Rig();
  rig.insert(OTHER_SUB, 2);
  rig.hit(CPU0, kernelEvents.intervalSetSeq, SUB, 4);
  expect(rig.rules).toEqual(["I4", "I4"]);
});

test("deferred insert applied at the end", () => {
  const rig = new Rig();
  const range = rig.invalidated(CPU0);
  rig.insert(OTHER_SUB, 3, 1);
  rig.rangeEnd(range);
  rig.hit(CPU0, kernelEvents.intervalInTree, OTHER_SUB);
  rig.rangeEnd(rig.invalidated(CPU0));
  expect(rig.messages).toEqual([]);
});

test("deferred insert applied early", () => {
  const rig = new Rig();
  rig.invalidated(CPU0);
  rig.insert(OTHER_SUB, 3, 1);
  rig.hit(CPU0, kernelEvents.intervalInTree, OTHER_SUB);
  expect(rig.messages).toEqual(["mm: a notifier entered the tree while the number is 3: others walk it without a lock"]);
});

test("an insert that should have been deferred", () => {
  const rig = new Rig();
  rig.invalidated(CPU0);
  rig.hit(CPU1, kernelEvents.intervalInsert, OTHER_SUB, MM, 0, 1, 3, 0);
  rig.hit(CPU1, kernelEvents.intervalInTree, OTHER_SUB);
  expect(rig.rules).toEqual(["I3"]);
});

test("an insert may itself make the number odd, and then still enter the tree", () => {
  const rig = new Rig();
  rig.state(CPU0, 2, 1); // a range that hit nothing
  rig.state(CPU1, 3, 1);
  rig.hit(CPU1, kernelEvents.intervalInsert, OTHER_SUB, MM, 0, 1, 3, 0);
  rig.hit(CPU1, kernelEvents.intervalInTree, OTHER_SUB);
  expect(rig.messages).toEqual([]);
});

test("deferred changes forgotten at the end", () => {
  const rig = new Rig();
  const range = rig.invalidated(CPU0);
  rig.insert(OTHER_SUB, 3, 1);
  rig.hit(CPU1, kernelEvents.intervalRemove, SUB, 1);
  rig.rangeEnd(range);
  rig.rangeStart(CPU0);
  expect(rig.messages).toEqual([
    "mm: number 4, 1 active ranges, became number 5, 1 active ranges, with 2 changes of the tree still put off",
  ]);
});

test("removing a notifier that is still waiting to be inserted takes it off the list", () => {
  const rig = new Rig();
  const range = rig.invalidated(CPU0);
  rig.insert(OTHER_SUB, 3, 1);
  rig.hit(CPU1, kernelEvents.intervalRemove, OTHER_SUB, 0);
  rig.rangeEnd(range);
  rig.rangeEnd(rig.invalidated(CPU0));
  expect(rig.messages).toEqual([]);
});

test("an address space that takes a former one's place begins anew", () => {
  const rig = new Rig();
  rig.state(CPU0, 2, 1);
  rig.hit(CPU0, kernelEvents.mmCreate, MM);
  rig.state(CPU0, 2, 1);
  rig.state(CPU0, 2, 0);
  expect(rig.messages).toEqual([]);
});

test("at quiescence every address space is idle", () => {
  const rig = new Rig();
  rig.invalidated(CPU0);
  rig.oracles[GPU0 - 1].atQuiescence(rig.tasks[GPU0 - 1], []);
  expect(rig.rules).toEqual(["I2", "balance"]);
});
