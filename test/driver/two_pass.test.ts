import { expect, it } from "vitest";
import { TestMachine } from "./machine.ts";
import { Oracle } from "./oracle.ts";
import { play } from "./play.ts";

it("x", () => {
  for (let seed = 1; seed <= 200; seed++) {
    const machine = new TestMachine({ driver: "two-pass", gpus: 2 });
    const oracle = new Oracle(machine);
    play(machine, { seed });
    expect(oracle.violations).toEqual([]);

  }
});
