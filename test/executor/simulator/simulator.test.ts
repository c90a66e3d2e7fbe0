import { describe, expect, it } from "vitest";
import { drawLatencyUs } from "../../../src/device/latency.ts";
import { mutexLock, mutexUnlock } from "../../../src/kernel/locking/mutex.ts";
import { fetchAdd, read, readOnce, writeOnce } from "../../../src/machine/access.ts";
import { chance, futexWait, futexWake, sleepUntil } from "../../../src/machine/futex.ts";
import { TIMED_OUT } from "../../../src/machine/step.ts";
import { Word } from "../../../src/machine/struct.ts";
import { COSTS, Rig, times } from "./rig.ts";

describe("what steps cost", () => {
  it("adds up on one CPU and overlaps on two", () => {
    const alone = new Rig(1);
    for (const line of [0, 1]) alone.onCpu(0, (task) => times(100, () => readOnce(task, alone.word(line), Word.value)));
    expect(alone.run()).toBe(200);
    const beside = new Rig(2);
    for (const line of [0, 1]) beside.onCpu(line, (task) => times(100, () => readOnce(task, beside.word(line), Word.value)));
    expect(beside.run()).toBe(100);
  });

  it("a line that two CPUs write goes to and fro, one that they read is with both", () => {
    const written = new Rig(2);
    for (const cpu of [0, 1]) written.onCpu(cpu, (task) => times(50, () => fetchAdd(task, written.word(0), Word.value, 1)));
    expect(written.run()).toBeGreaterThanOrEqual(99 * 10);
    const seen = new Rig(2);
    for (const cpu of [0, 1]) seen.onCpu(cpu, (task) => times(50, () => readOnce(task, seen.word(0), Word.value)));
    expect(seen.run()).toBe(50 + 10);
  });

  it("transfers of one line follow one another, of several they overlap", () => {
    const took = [false, true].map((isOne) => {
      const rig = new Rig(6);
      rig.onCpu(0, function* (task) {
        for (let line = 0; line < 5; line++) yield* writeOnce(task, rig.word(line), Word.value, 1);
      });
      for (let cpu = 1; cpu < 6; cpu++) {
        rig.onCpu(cpu, function* (task) {
          yield* sleepUntil(task, 1);
          yield* writeOnce(task, rig.word(isOne ? 0 : cpu - 1), Word.value, 2);
        });
      }
      return rig.run();
    });
    expect(took[1] - took[0]).toBe(4 * 10);
  });
});

describe("waiting", () => {
  it("a sleeper runs on when the wake-up has taken its time, and the waker pays his part", () => {
    const rig = new Rig(2);
    const ends: number[] = [];
    rig.onCpu(0, function* (task) {
      yield* futexWait(task, rig.word(0), Word.value, 0);
      ends[0] = rig.simulator.nowNs;
    });
    rig.onCpu(1, function* (task) {
      yield* sleepUntil(task, 1);
      yield* futexWake(task, rig.word(0), Word.value);
      yield* read(task, rig.word(1), Word.value);
      ends[1] = rig.simulator.nowNs;
    });
    rig.run();
    const wokenUpNs = 1000 + 1000; // its sleep was over at 1000; timers wake as others do
    expect(ends[1]).toBeGreaterThanOrEqual(wokenUpNs + 5);
    expect(ends[1]).toBeLessThan(wokenUpNs + 30);
    expect(ends[0] - ends[1]).toBeGreaterThan(1000 - 30);
    expect(ends[0] - ends[1]).toBeLessThan(1000);
  });

  it("a deadline ends a wait", () => {
    const rig = new Rig(1);
    let answer = -1;
    rig.onCpu(0, function* (task) {
      answer = yield* futexWait(task, rig.word(0), Word.value, 0, 3);
    });
    expect(rig.run()).toBe(3000 + COSTS.wakeUpNs);
    expect(answer).toBe(TIMED_OUT);
  });

  it("a mutex that is soon free is handed over; for one that is not, its waiter sleeps", () => {
    const waits = [30, 500].map((accesses) => {
      const rig = new Rig(2);
      let takenNs = 0;
      rig.onCpu(0, function* (task) {
        yield* mutexLock(task, rig.mutex);
        yield* times(accesses, () => read(task, rig.word(1), Word.value));
        yield* mutexUnlock(task, rig.mutex);
        takenNs -= rig.simulator.nowNs;
      });
      rig.onCpu(1, function* (task) {
        yield* mutexLock(task, rig.mutex);
        takenNs += rig.simulator.nowNs;
        yield* mutexUnlock(task, rig.mutex);
      });
      rig.run();
      return takenNs;
    });
    expect(waits[0]).toBeGreaterThan(COSTS.handOverNs - 30);
    expect(waits[0]).toBeLessThan(COSTS.handOverNs + 60);
    expect(waits[1]).toBeGreaterThan(COSTS.wakeUpNs - 30);
  });

  it("tells of each wait how long it was", () => {
    const rig = new Rig(2);
    const waits: number[] = [];
    rig.simulator.onWaited = (_thread, addr, waitedNs) => void (addr === rig.mutex && waits.push(waitedNs));
    for (const cpu of [0, 1]) {
      rig.onCpu(cpu, function* (task) {
        yield* mutexLock(task, rig.mutex);
        yield* times(200, () => read(task, rig.word(1 + cpu), Word.value));
        yield* mutexUnlock(task, rig.mutex);
      });
    }
    rig.run();
    expect(waits).toHaveLength(1);
    expect(waits[0]).toBeGreaterThan(150);
    expect(waits[0]).toBeLessThan(260);
  });

  it("nobody left who can run: says that not all have ended", () => {
    const rig = new Rig(1);
    rig.onCpu(0, (task) => futexWait(task, rig.word(0), Word.value, 0));
    expect(rig.simulator.run(1e12)).toBe(false);
  });
});

it("the same seed gives the same run, another one another", () => {
  const ends = [1, 1, 2].map((seed) => {
    const rig = new Rig(2, {}, seed);
    for (const cpu of [0, 1]) {
      rig.onCpu(cpu, function* (task) {
        for (let i = 0; i < 100; i++) if (yield* chance(task, 30, "test")) yield* fetchAdd(task, rig.word(0), Word.value, 1);
      });
    }
    return rig.run();
  });
  expect(ends[0]).toBe(ends[1]);
  expect(ends[2]).not.toBe(ends[0]);
});

it.each([
  [{ kind: "uniform", lowUs: 20, highUs: 60 }, [34884, 37525, 55661, 35728, 59801]],
  [{ kind: "log-normal", medianUs: 40, p99Us: 100 }, [23960, 34503, 41403, 42582, 48503]],
  [{ kind: "measured", fromUs: [10, 20, 100], counts: [60, 40] }, [16202, 17302, 78304, 16553, 99004]],
] as const)("%j: the seed alone decides what is drawn, to the nanosecond, on every machine", (latency, drawnNs) => {
  const rig = new Rig(1);
  const drawn: number[] = [];
  rig.onCpu(0, function* (task) {
    for (let i = 0; i < 5; i++) drawn.push(Math.round((yield* drawLatencyUs(task, latency)) * 1000));
  });
  rig.run();
  expect(drawn).toEqual(drawnNs);
});
