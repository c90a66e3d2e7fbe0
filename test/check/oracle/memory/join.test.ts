import { expect, test } from "vitest";
import { driverEvents } from "../../../../src/driver/tracepoints.ts";
import { kernelEvents } from "../../../../src/kernel/tracepoints.ts";
import { PTE_PRESENT } from "../../../../src/machine/pte.ts";
import { CPU0, CPU1, MIGRATE, MM, OTHER_OWNER, OWNER, PAGE, RELEASE, Rig, SUB, UNMAP, VA, VM } from "../../rig.ts";

test("an invalidation that removes the translation before it returns is silent", () => {
  const rig = new Rig();
  rig.commit();
  const translation = rig.fill();
  rig.gpuWrite(translation);
  const range = rig.rangeStart(CPU0);
  rig.call(range);
  rig.flush(1);
  rig.startPassDone(range);
  rig.rangeStarted(range);
  rig.rangeEnd(range);
  rig.commit(VA, undefined, 3);
  rig.gpuWrite(rig.fill());
  expect(rig.messages).toEqual([]);
});

test("flush answered early, or skipped: the TLB still has the page when range_start returns", () => {
  const rig = new Rig();
  rig.commit();
  rig.fill();
  rig.invalidated(CPU0);
  expect(rig.rules).toEqual(["join"]);
  expect(rig.messages[0]).toBe(
    "invalidate_range_start returned for [0x70000000, 0x70001000) while the TLB of gpu0 still translates 0x70000000",
  );
});

test("range off by one page: only the last page is left over", () => {
  const rig = new Rig();
  for (let page = 0; page < 4; page++) rig.fill(VA + page * PAGE);
  for (let page = 0; page < 3; page++) rig.tlb.delete(VA + page * PAGE);
  rig.invalidated(CPU0, { end: VA + 4 * PAGE });
  expect(rig.messages[0]).toContain("still translates 0x70003000");
});

test("a translation beside the range is none of its business", () => {
  const rig = new Rig();
  rig.fill(VA + PAGE);
  rig.invalidated(CPU0);
  expect(rig.messages).toEqual([]);
});

test("a fill, an access and a commit inside an active range are seen by the thread that does them", () => {
  const rig = new Rig();
  const range = rig.invalidated(CPU0);
  rig.commit(VA, undefined, 3);
  const translation = rig.fill();
  rig.gpuRead(translation);
  expect(rig.rules).toEqual(["I16", "I17", "I16", "join"]);
  expect(rig.messages[0]).toBe(
    "gpu0 was given a page-table entry at 0x70000000 between invalidate_range_start and _end of [0x70000000, 0x70001000) by cpu0",
  );
  rig.rangeEnd(range);
});

test("after range_end they are free again, and beside the range they always were", () => {
  const rig = new Rig();
  const range = rig.invalidated(CPU0);
  rig.commit(VA + PAGE);
  rig.fill(VA + PAGE);
  rig.rangeEnd(range);
  rig.commit(VA, undefined, 3);
  rig.fill();
  expect(rig.rules).toEqual(["I17"]); // the commit beside the range was read under the number before it
});

test("two ranges at once: the page is free only after the end of the last that covers it", () => {
  const rig = new Rig();
  const first = rig.invalidated(CPU0);
  const second = rig.invalidated(CPU1, { end: VA + 2 * PAGE });
  rig.rangeEnd(first);
  const before = rig.rules.length;
  rig.fill();
  expect(rig.rules.slice(before)).toEqual(["I16"]);
  rig.tlb.clear();
  rig.rangeEnd(second);
  rig.fill();
  expect(rig.rules.length).toBe(before + 1);
});

test("a range that failed to start is not active", () => {
  const rig = new Rig();
  const range = rig.rangeStart(CPU0, { blockable: false });
  rig.call(range, { ok: 0, setSeq: false });
  rig.startPassDone(range, -11);
  rig.invEnd(CPU0);
  rig.rangeStarted(range, -11);
  rig.fill();
  expect(rig.messages).toEqual([]);
});

test("a driver may leave its mappings alone when it migrates by itself, and then alone", () => {
  for (const [event, owner, rules] of [
    [MIGRATE, OWNER, []],
    [MIGRATE, OTHER_OWNER, ["join"]],
    [MIGRATE, 0, ["join"]],
    [UNMAP, OWNER, ["join"]],
  ] as const) {
    const rig = new Rig();
    rig.fill();
    rig.invalidated(CPU0, { event, owner });
    expect(rig.rules).toEqual(rules);
  }
});

test("the end of a process covers everything, also with an end beyond all addresses", () => {
  const rig = new Rig();
  rig.fill();
  rig.invalidated(CPU0, { start: 0, end: 2 ** 64 });
  expect(rig.rules).toEqual(["join"]);
});

test("at the end of a process all notifiers have to be told, not only those of intervals (RULES 44)", () => {
  const rig = new Rig();
  rig.fill();
  rig.rangeEnd(rig.invalidated(CPU0, { start: 0, end: 2 ** 64, event: RELEASE }));
  expect(rig.rules).toEqual([]);
  rig.hit(CPU0, kernelEvents.notifiersReleased, MM);
  expect(rig.rules).toEqual(["join"]);
  expect(rig.messages[0]).toContain("were released while the TLB of gpu0 still translates");
});

test("a GPU that stands still may keep what it has", () => {
  const rig = new Rig();
  rig.fill();
  rig.isStopped = true;
  rig.invalidated(CPU0);
  rig.commit();
  expect(rig.messages).toEqual([]);
});

test("the TLBs of an address space that was closed do not matter", () => {
  const rig = new Rig();
  rig.fill();
  rig.hit(CPU0, driverEvents.vmClose, 0, VM);
  rig.invalidated(CPU0);
  expect(rig.messages).toEqual([]);
});

test("an entry that lets the GPU do nothing may be put in place at any time", () => {
  const rig = new Rig();
  const range = rig.invalidated(CPU0);
  rig.hit(CPU1, driverEvents.commit, 0, VA, 0, rig.entryAddr(VA), SUB, range.seq);
  expect(rig.rules).not.toContain("I16");
});

test("a commit under no notifier is judged by the only process that the GPU works for", () => {
  const rig = new Rig();
  const range = rig.invalidated(CPU0);
  rig.hit(CPU1, driverEvents.commit, 0, VA, PTE_PRESENT, rig.entryAddr(VA), 0, range.seq);
  expect(rig.rules).toEqual(["I16"]);
});
