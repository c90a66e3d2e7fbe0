import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Spinlock } from "../../../src/kernel/locking/spinlock.ts";
import { read } from "../../../src/machine/access.ts";
import { ArchSpinlock } from "../../../src/machine/arch_spinlock.ts";
import { cpuRelax, futexWait, futexWake, sleepUntil } from "../../../src/machine/futex.ts";
import { TIMED_OUT, WOKEN } from "../../../src/machine/step.ts";
import { embedded, Word } from "../../../src/machine/struct.ts";
import { Rig, times } from "./rig.ts";

describe("the clock", () => {
  it("what comes at the same time comes in an order that the program alone decides", () => {
    const order = () => {
      const rig = new Rig(6);
      const taken: number[] = [];
      for (let cpu = 0; cpu < 6; cpu++) {
        rig.onCpu(cpu, (task) =>
          times(3, function* () {
            yield* read(task, rig.word(cpu), Word.value);
            taken.push(cpu);
          }),
        );
      }
      rig.run();
      return taken.join("");
    };
    new Rig(3).run(); // another simulator before it makes no difference
    expect(order()).toBe(order());
    expect(order()).toBe("051342421053532401");
  });

  it("does not go back for a deadline that has passed before its wait began", () => {
    const rig = new Rig(1);
    let answer = -1;
    rig.onCpu(0, function* (task) {
      yield* times(500, () => read(task, rig.word(0), Word.value));
      answer = yield* futexWait(task, rig.word(0), Word.value, 0, 0.1);
    });
    expect(rig.run()).toBe(501 + 1000);
    expect(answer).toBe(TIMED_OUT);
  });

  it("shows whole nanoseconds", () => {
    const rig = new Rig(1);
    rig.onCpu(0, function* (task) {
      for (let us = 0; us < 3; us += 0.001) {
        yield* sleepUntil(task, us);
        expect(rig.simulator.nowNs % 1).toBe(0);
      }
    });
    rig.run();
  });

  it("stops when the time is up, also if a single thread goes round and round", () => {
    const rig = new Rig(1);
    rig.onCpu(0, function* () {
      for (;;) yield* cpuRelax();
    });
    expect(rig.simulator.run(1000)).toBe(false);
    expect(rig.simulator.nowNs).toBeLessThanOrEqual(1000);
    expect(rig.simulator.run(2000)).toBe(false);
    expect(rig.simulator.nowNs).toBeGreaterThan(1900);
  });
});

/** Times in nanoseconds so close together that wakes, deadlines and ends of wake-ups coincide, in lists: one for each thread. */
const instants = fc.array(fc.array(fc.nat(12), { minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 3 });
const meetings = fc.record({
  deadlines: instants,
  wakes: instants,
  wakeUpNs: fc.nat(3),
  handOverNs: fc.nat(3),
  accessNs: fc.nat(1),
  onOneCpu: fc.boolean(),
});

it("each wait is answered once: in time if it was woken, else at its deadline, whatever falls together", () => {
  fc.assert(
    fc.property(meetings, ({ deadlines, wakes, onOneCpu, ...costs }) => {
      const rig = new Rig(deadlines.length + wakes.length, { ...costs, wakerNs: 0, lineTransferNs: 0 });
      const lock = embedded(rig.spinlock, Spinlock.arch);
      const timesNs: number[] = [];
      let woken = 0;
      for (const [index, mine] of deadlines.entries()) {
        rig.onCpu(onOneCpu ? 0 : index, function* (task) {
          for (const deadlineNs of mine) {
            const answer = yield* futexWait(task, lock, ArchSpinlock.state, 0, deadlineNs / 1000);
            timesNs.push(rig.simulator.nowNs);
            if (answer === WOKEN) woken++;
            expect(answer === WOKEN || rig.simulator.nowNs >= deadlineNs).toBe(true);
          }
        });
      }
      for (const [index, mine] of wakes.entries()) {
        rig.onCpu(deadlines.length + index, function* (task) {
          for (const wakeNs of mine) {
            yield* sleepUntil(task, wakeNs / 1000);
            yield* futexWake(task, lock, ArchSpinlock.state, 1);
            timesNs.push(rig.simulator.nowNs);
          }
        });
      }
      rig.run();
      expect(timesNs).toEqual(timesNs.toSorted((a, b) => a - b));
      expect(rig.simulator.steps).toBe(deadlines.flat().length + 2 * wakes.flat().length); // who is answered twice skips one
      expect(woken).toBeLessThanOrEqual(wakes.flat().length);
    }),
    { numRuns: 300 },
  );
});
