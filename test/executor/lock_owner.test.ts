import { expect, test } from "vitest";
import { lockOwner } from "../../src/executor/lock_owner.ts";
import { ArchSpinlock } from "../../src/machine/arch_spinlock.ts";
import { Layout } from "../../src/machine/layout.ts";
import { array, struct, u32 } from "../../src/machine/struct.ts";

const Mutex = struct("mutex", { arch: ArchSpinlock, owner: u32 });
/** Has an owner of its own, which is no lock's holder. */
const Process = struct("process", { owner: u32, wakeups: u32, lock: Mutex, locks: array(Mutex, 3) });

test("any word of a lock leads to its holder, wherever the lock is embedded; other words lead nowhere", () => {
  const layout = new Layout();
  layout.place(Mutex, "before");
  const processes = layout.place(Process, "process", 2);
  const words = new Int32Array(layout.words);
  const ownerOf = lockOwner(layout, words, ["mutex"]);
  const second = processes + Process.words;
  words[second + Process.owner] = 9;
  words[second + Process.lock + Mutex.owner] = 4;
  words[second + Process.locks + 2 * Mutex.words + Mutex.owner] = 5;
  expect(ownerOf(second + Process.lock + Mutex.arch)).toBe(4);
  expect(ownerOf(second + Process.lock + Mutex.owner)).toBe(4);
  expect(ownerOf(second + Process.locks + 2 * Mutex.words)).toBe(5);
  expect(ownerOf(second + Process.locks + Mutex.words)).toBe(0);
  expect(ownerOf(second + Process.wakeups)).toBe(0);
  expect(ownerOf(1)).toBe(0);
});

test("the structures around a word, outermost first", () => {
  const layout = new Layout();
  const process = layout.place(Process, "process");
  const names = (addr: number) => layout.structsAt(addr).map(({ base, type }) => `${type.structName}@${base - process}`);
  expect(names(process + Process.owner)).toEqual(["process@0"]);
  expect(names(process + Process.lock)).toEqual(["process@0", "mutex@2", "arch_spinlock@2"]);
  expect(names(process + Process.locks + 5)).toEqual(["process@0", "mutex@8"]);
});
