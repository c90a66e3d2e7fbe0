import { describe, expect, it } from "vitest";
import { DEFAULT_COSTS, type StepCosts } from "../../../src/executor/simulator/costs.ts";
import { Simulator } from "../../../src/executor/simulator/simulator.ts";
import { classesOf } from "../../../src/executor/simulator/word_class.ts";
import { Mutex, mutexLock, mutexUnlock } from "../../../src/kernel/locking/mutex.ts";
import { Spinlock, spinLock, spinUnlock } from "../../../src/kernel/locking/spinlock.ts";
import { fetchAdd, read, readOnce, writeOnce } from "../../../src/machine/access.ts";
import { chance, futexWait, futexWake, sleepUntil } from "../../../src/machine/futex.ts";
import { Layout } from "../../../src/machine/layout.ts";
import { TIMED_OUT, type Run } from "../../../src/machine/step.ts";
import { array, element, struct, Word } from "../../../src/machine/struct.ts";
import { Task } from "../../../src/machine/task.ts";
import { Tracer } from "../../../src/machine/tracepoint.ts";

/** Each access costs 1, a foreign line 10 more: figures that can be added up in one's head. */
const COSTS: StepCosts = {
  ...DEFAULT_COSTS, accessNs: 1, atomicNs: 1, lineTransferNs: 10, handOverNs: 100, spinNs: 50, wakeUpNs: 1000, wakerNs: 5, interruptNs: 300, interruptEntryNs: 20, sliceNs: 1e9,
  deviceStepNs: 1, deviceMemoryNs: 1, deviceWakeUpNs: 7,
};
/** A line each, with the first before them. */
const Line = struct("line", { of: array(Word, 16) });

class Rig {
  readonly layout = new Layout();
  readonly lines = this.layout.place(Line, "line", 8);
  readonly mutex = this.layout.place(Mutex, "mutex");
  readonly spinlock = this.layout.place(Spinlock, "spinlock");
  readonly simulator: Simulator;
  readonly #words: Int32Array;
  #tasks = 0;

  constructor(cpus: number, costs: Partial<StepCosts> = {}, seed = 1) {
    this.#words = new Int32Array(this.layout.words);
    this.simulator = new Simulator(this.#words, classesOf(this.layout), { ...COSTS, ...costs }, cpus, seed);
  }

  task(name: string): Task {
    return new Task({
      id: ++this.#tasks, name, words: this.#words, tracer: new Tracer(), interleaved: true, nowUs: () => this.simulator.nowNs / 1000,
    });
  }

  word(line: number) {
    return element(this.lines, Line.of, Word, line * 16);
  }

  onCpu(cpu: number, body: (task: Task) => Run<unknown>): void {
    const task = this.task(`task${this.#tasks}`);
    this.simulator.spawnOnCpu(cpu, task, body(task));
  }

  /** Virtual time when all have ended. */
  run(): number {
    if (!this.simulator.run(1e12)) throw new Error("not all have ended");
    return this.simulator.nowNs;
  }
}

function* times(count: number, body: () => Run<unknown>): Run<void> {
  for (let i = 0; i < count; i++) yield* body();
}

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
      const irq = rig.task("irq");
      let atNs = 0;
      rig.simulator.spawnInterrupt(0, irq, (function* () {
        yield* futexWait(irq, rig.word(0), Word.value, 0);
        yield* read(irq, rig.word(2), Word.value);
        atNs = rig.simulator.nowNs;
      })());
      const device = rig.task("device");
      rig.simulator.spawnDevice(device, (function* () {
        yield* sleepUntil(device, 1);
        yield* futexWake(device, rig.word(0), Word.value);
      })());
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
