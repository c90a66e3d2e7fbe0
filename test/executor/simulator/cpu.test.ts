import { describe, expect, it } from "vitest";
import { spinLock, spinUnlock } from "../../../src/kernel/locking/spinlock.ts";
import { read } from "../../../src/machine/access.ts";
import { futexWake, sleepUntil } from "../../../src/machine/futex.ts";
import { Word } from "../../../src/machine/struct.ts";
import type { Task } from "../../../src/machine/task.ts";
import { COSTS, Rig, times } from "./rig.ts";

describe("a CPU", () => {
  it("goes round among its threads", () => {
    const rig = new Rig(1, { sliceNs: 10 });
    const order: number[] = [];
    for (const me of [0, 1]) {
      rig.onCpu(0, function* (task) {
        for (let i = 0; i < 40; i++) {
          yield* read(task, rig.word(me), Word.value);
          if (order.at(-1) !== me) order.push(me);
        }
      });
    }
    expect(rig.run()).toBe(80);
    expect(order).toEqual([0, 1, 0, 1, 0, 1, 0, 1]);
  });

  it("is interrupted between two steps, but not under a spinlock", () => {
    const handled = [false, true].map((isLocked) => {
      const rig = new Rig(1);
      let atNs = 0;
      rig.onInterrupt(0, 0, function* (irq) {
        yield* read(irq, rig.word(2), Word.value);
        atNs = rig.simulator.nowNs;
      });
      rig.onDevice(function* (device) {
        yield* sleepUntil(device, 1);
        yield* futexWake(device, rig.word(0), Word.value);
      });
      rig.onCpu(0, function* (task) {
        if (isLocked) yield* spinLock(task, rig.spinlock);
        yield* times(5000, () => read(task, rig.word(1), Word.value));
        if (isLocked) yield* spinUnlock(task, rig.spinlock);
        yield* times(10, () => read(task, rig.word(1), Word.value));
      });
      rig.run();
      return atNs;
    });
    expect(handled[0]).toBeGreaterThan(1000 + COSTS.interruptNs + COSTS.interruptEntryNs);
    expect(handled[0]).toBeLessThan(1000 + COSTS.interruptNs + COSTS.interruptEntryNs + 30);
    expect(handled[1]).toBeGreaterThan(5000);
  });

  it("goes round also if it is interrupted more often than a slice is long", () => {
    const rig = new Rig(1, { sliceNs: 10_000 });
    rig.onInterrupt(0, 0, (irq) => read(irq, rig.word(1), Word.value));
    rig.onDevice(function* (device) {
      for (let us = 1; us < 200; us++) {
        yield* sleepUntil(device, us);
        yield* futexWake(device, rig.word(0), Word.value);
      }
    });
    const endsNs = [0, 0];
    for (const me of [0, 1]) {
      rig.onCpu(0, function* (task) {
        yield* times(50_000, () => read(task, rig.word(2 + me), Word.value));
        endsNs[me] = rig.simulator.nowNs;
      });
    }
    rig.run();
    expect(endsNs[1] - endsNs[0]).toBeLessThan(2 * 10_000); // and not 50,000, as if one had come after the other
  });

  it("is not interrupted, nor given to the next, as long as the spinlock is held, its release included", () => {
    const rig = new Rig(1, { interruptNs: 0, interruptEntryNs: 0, sliceNs: 1 });
    const seen: number[] = [];
    const look = (task: Task) => seen.push(task.words[rig.spinlock]);
    rig.onInterrupt(0, 0, function* (irq) {
      yield* read(irq, rig.word(1), Word.value);
      look(irq);
    });
    rig.onDevice(function* (device) {
      for (let ns = 1; ns < 300; ns++) {
        yield* sleepUntil(device, ns / 1000);
        yield* futexWake(device, rig.word(0), Word.value);
      }
    });
    rig.onCpu(0, (task) =>
      times(100, function* () {
        yield* spinLock(task, rig.spinlock);
        yield* read(task, rig.word(2), Word.value);
        yield* spinUnlock(task, rig.spinlock);
        yield* read(task, rig.word(2), Word.value);
      }),
    );
    rig.onCpu(0, (task) =>
      times(100, function* () {
        yield* read(task, rig.word(3), Word.value);
        look(task);
      }),
    );
    rig.run();
    expect(seen.length).toBeGreaterThan(150);
    expect(new Set(seen)).toEqual(new Set([0]));
  });

  it("loses no interrupt that comes under a spinlock: those that come together are one", () => {
    const rig = new Rig(1);
    let pending = 0;
    let handled = 0;
    rig.onInterrupt(0, 0, function* (irq) {
      yield* read(irq, rig.word(1), Word.value);
      handled += pending;
      pending = 0;
    });
    for (let gpu = 0; gpu < 3; gpu++) {
      rig.onDevice(function* (device) {
        yield* sleepUntil(device, 1 + gpu);
        pending++;
        yield* futexWake(device, rig.word(0), Word.value);
      });
    }
    rig.onCpu(0, function* (task) {
      yield* spinLock(task, rig.spinlock);
      yield* times(10_000, () => read(task, rig.word(2), Word.value));
      expect(handled).toBe(0);
      yield* spinUnlock(task, rig.spinlock);
      yield* times(10, () => read(task, rig.word(2), Word.value));
      expect(handled).toBe(3);
    });
    rig.run();
  });

  it("is free for others while its thread waits, also for a spinlock", () => {
    const rig = new Rig(2);
    let doneNs = 0;
    rig.onCpu(0, function* (task) {
      yield* spinLock(task, rig.spinlock);
      yield* times(5000, () => read(task, rig.word(1), Word.value));
      yield* spinUnlock(task, rig.spinlock);
    });
    rig.onCpu(1, function* (task) {
      yield* spinLock(task, rig.spinlock);
      yield* spinUnlock(task, rig.spinlock);
    });
    rig.onCpu(1, function* (task) {
      yield* times(1000, () => read(task, rig.word(2), Word.value));
      doneNs = rig.simulator.nowNs;
    });
    rig.run();
    expect(doneNs).toBeLessThan(1100);
  });
});
