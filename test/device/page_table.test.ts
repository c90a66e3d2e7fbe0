import { expect, test } from "vitest";
import { walkPageTable } from "../../src/device/page_table.ts";
import type { Translation } from "../../src/device/tlb.ts";
import { mkPte, PTE_PRESENT } from "../../src/machine/pte.ts";
import { DATA, Machine, pageVa, READ_WRITE, runAlone } from "./fixture.ts";

test("a table outside of memory permits nothing, whatever stands there", () => {
  const machine = new Machine();
  const { physical, words } = machine;
  const task = machine.task("walker");
  const found: Translation = { pte: 0, pteAddr: 0, stamp: 0, epoch: 0 };
  const walk = (root: number) => runAlone(walkPageTable(task, physical, root, pageVa(0), PTE_PRESENT, found));
  for (const pfn of [0, DATA, physical.frames])
    words.fill(mkPte(DATA, READ_WRITE), physical.entry(pfn, 0), physical.entry(pfn + 1, 0));
  expect(walk(DATA)).toBe(true); // there it would be one
  expect(walk(0)).toBe(false);
  expect(walk(physical.frames)).toBe(false);
});
