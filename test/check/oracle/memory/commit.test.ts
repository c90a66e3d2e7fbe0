import { expect, test } from "vitest";
import { kernelEvents } from "../../../../src/kernel/tracepoints.ts";
import { CPU0, CPU1, PAGE, Rig, SUB, VA } from "../../rig.ts";

test("a commit under the number in force", () => {
  const rig = new Rig();
  rig.commit();
  rig.rangeEnd(rig.invalidated(CPU0));
  rig.commit(VA, undefined, 3);
  expect(rig.messages).toEqual([]);
});

test("commit without read_retry: an invalidation came between", () => {
  const rig = new Rig();
  rig.rangeEnd(rig.invalidated(CPU0));
  rig.commit();
  expect(rig.rules).toEqual(["I17"]);
  expect(rig.messages[0]).toBe(
    "gpu0 was given a page-table entry for 0x70000000 read under number 1, but sub has 3: read_retry is missing",
  );
});

test("a commit under the number of an invalidation that is not over", () => {
  const rig = new Rig();
  rig.invalidated(CPU0, { start: VA + PAGE, end: VA + 2 * PAGE });
  rig.commit(VA, undefined, 3);
  expect(rig.messages).toEqual(["gpu0 was given a page-table entry for 0x70000000 during invalidation 3, which hit sub"]);
});

test("a commit under a notifier that was removed", () => {
  const rig = new Rig();
  rig.hit(CPU1, kernelEvents.intervalOutOfTree, SUB);
  rig.hit(CPU1, kernelEvents.intervalRemoved, SUB);
  rig.commit();
  expect(rig.rules).toEqual(["I7"]);
});

test("designs that ask something else than read_retry say so", () => {
  const rig = new Rig();
  rig.rangeEnd(rig.invalidated(CPU0));
  rig.commit(VA, undefined, 1, 0);
  expect(rig.rules).toEqual([]);
});

test("what is given to a GPU that stands still is not judged yet", () => {
  const rig = new Rig();
  rig.isStopped = true;
  rig.rangeEnd(rig.invalidated(CPU0));
  rig.commit();
  expect(rig.rules).toEqual([]);
});
