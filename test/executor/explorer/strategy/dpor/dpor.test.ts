import { describe, expect, it } from "vitest";
import { Explorer } from "../../../../../src/executor/explorer/engine/explore.ts";
import { Dfs } from "../../../../../src/executor/explorer/strategy/dfs.ts";
import { Dpor } from "../../../../../src/executor/explorer/strategy/dpor/dpor.ts";
import { exploreAll } from "../../golden/explore_all.ts";
import { randomProgram } from "../../golden/random_program.ts";

/** A step fails that had to wait for a lock: the one kind of program in which an execution may turn out to be redundant. */
const FAILS_AFTER_WAITING = randomProgram([
  [{ kind: "locked", word: 0, value: 2 }],
  [{ kind: "write", word: 0, value: 1 }],
  [{ kind: "lockedAssert", word: 0, value: 1 }],
]);

describe("an execution all of whose continuations are asleep", () => {
  it("is given up where that shows, and adds no trace", () => {
    const strategy = new Dpor(FAILS_AFTER_WAITING.words.length);
    const explorer = new Explorer({ subject: FAILS_AFTER_WAITING, strategy, seed: 1 });
    const endings: string[] = [];
    const steps: number[] = [];
    for (let execution = explorer.run(0); execution !== null; execution = explorer.run(endings.length)) {
      endings.push(execution.ending);
      if (execution.ending === "given-up") steps.push(explorer.recording.length);
    }
    expect(endings.filter((ending) => ending === "given-up")).toHaveLength(strategy.blocked);
    expect([endings.length, strategy.blocked]).toEqual([4, 1]);
    expect(steps[0]).toBeLessThan(5);
    expect(strategy.isComplete).toBe(true);
  });

  it("leaves nothing out", () => {
    const all = exploreAll(FAILS_AFTER_WAITING, new Dpor(FAILS_AFTER_WAITING.words.length));
    const reference = exploreAll(FAILS_AFTER_WAITING, new Dfs());
    expect({ ...all, executions: 0, done: 0 }).toEqual({ ...reference, executions: 0, done: 0 });
  });
});
