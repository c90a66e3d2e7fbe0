import { describe, expect, it } from "vitest";
import { read } from "../../../src/machine/access.ts";
import { cpuRelax } from "../../../src/machine/futex.ts";
import { Word } from "../../../src/machine/struct.ts";
import { Rig, times } from "./rig.ts";

describe("the clock", () => {
  it("what comes at the same time comes in an order that the program alone decides", () => {
    const order = () => {
      const rig = new Rig(6);
      const taken: number[] = [];
      for (let cpu = 0; cpu < 6; cpu++) {
        rig.onCpu(cpu, (task) => times(3, function* () {
          yield* read(task, rig.word(cpu), Word.value);
          taken.push(cpu);
        }));
      }
      rig.run();
      return taken.join("");
    };
    new Rig(3).run(); // another simulator before it makes no difference
    expect(order()).toBe(order());
    expect(order()).toBe("051342421053532401");
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
