import { describe, expect, it } from "vitest";
import { Explorer } from "../../../../src/executor/explorer/engine/explore.ts";
import type { Strategy } from "../../../../src/executor/explorer/engine/strategy.ts";
import type { Subject } from "../../../../src/executor/explorer/engine/subject.ts";
import { program } from "../../../../src/executor/explorer/program/program.ts";
import { DeterminismCheck, type Nondeterminism } from "../../../../src/executor/explorer/replay/determinism.ts";
import { Dfs } from "../../../../src/executor/explorer/strategy/dfs.ts";
import { Dpor } from "../../../../src/executor/explorer/strategy/dpor/dpor.ts";
import { RandomWalk } from "../../../../src/executor/explorer/strategy/random.ts";
import {
  account,
  bluetooth,
  deadlock,
  lostUpdate,
  polite,
  reorder,
  twostage,
  unluckyAllocation,
} from "../../../fixtures/explorer/buggy_programs.ts";

const PROGRAMS = [reorder(3), account(), twostage(), bluetooth(), deadlock(), lostUpdate(), unluckyAllocation(), polite()];

/** The first difference in so many executions; null if there is none. */
function checked(subject: Subject, strategy: Strategy = new RandomWalk(1), executions = 50): Nondeterminism | null {
  const explorer = new Explorer({ subject, strategy, seed: 1, spuriousPercent: 20, patience: { maxSteps: 60, fairSteps: 100 } });
  const check = new DeterminismCheck(subject, 20);
  for (let index = 0; index < executions; index++) {
    const execution = explorer.run(index);
    if (execution === null) return null;
    const difference = check.repeat(explorer.recording, execution);
    if (difference !== null) return difference;
  }
  return null;
}

/** Two threads that would be the same each time but for a variable that outlives an execution. */
function leaking(use: "step" | "shorter" | "longer" | "answer" | "message"): Subject {
  let runs = 0;
  return program("leaking", (p) => {
    const [x, y] = [p.word("x"), p.word("y")];
    p.thread("fickle", function* (t) {
      runs++;
      yield* y.write(t, 1);
      if (use === "step") yield* runs % 2 === 0 ? x.read(t) : y.read(t);
      if (use === "longer" && runs % 2 === 0) yield* y.write(t, 2);
      if (use === "shorter" && runs % 2 === 1) yield* y.write(t, 2);
      if (use === "answer") yield* y.compareAndSwap(t, runs % 2, 7);
      if (use === "message") t.assert(false, `run ${runs}`);
    });
    p.thread("steady", (t) => x.write(t, 1));
  });
}

describe("repeating executions", () => {
  it.each(PROGRAMS)("says nothing of a program whose memory is all there is: $name", (subject) => {
    expect(checked(subject)).toBeNull();
    expect(checked(subject, new Dpor(subject.words.length))).toBeNull();
  });

  it("says nothing of executions that were broken off", () => {
    const endless = program("endless", (p) => {
      const x = p.word("x");
      for (const name of ["a", "b"])
        p.thread(name, function* (t) {
          for (;;) yield* x.add(t, 1);
        });
    });
    expect(checked(endless)).toBeNull();
  });

  it("names the first step that is another one", () => {
    const difference = checked(leaking("step"));
    expect(difference?.first).toBe("fickle READ_ONCE y");
    expect(difference?.repeated).toBe("fickle READ_ONCE x");
  });

  it("names the step at which the same step does something else", () => {
    const { first, repeated } = checked(leaking("answer"))!;
    expect([first, repeated]).toEqual(["fickle RMW y, which changes it", "fickle RMW y"]);
  });

  it("says so if a thread has ended that went on, or goes on where it had ended", () => {
    expect(checked(leaking("shorter"), new Dfs())).toEqual({
      step: 2,
      first: "fickle WRITE_ONCE y, which changes it",
      repeated: "fickle cannot go on: it is done",
    });
    expect(checked(leaking("longer"), new Dfs())).toEqual({ step: 3, first: "it ends: done", repeated: "it goes on" });
  });

  it("compares what failed", () => {
    expect(checked(leaking("message"))).toMatchObject({
      first: "assertion in fickle: run 1",
      repeated: "assertion in fickle: run 2",
    });
  });
});
