import { describe, expect, it } from "vitest";
import { Explorer } from "../../../../src/executor/explorer/engine/explore.ts";
import { program } from "../../../../src/executor/explorer/program/program.ts";
import { Dfs } from "../../../../src/executor/explorer/strategy/dfs.ts";
import { Dpor } from "../../../../src/executor/explorer/strategy/dpor/dpor.ts";
import type { Exhaustive } from "../../../../src/executor/explorer/strategy/exhaustive.ts";
import { ToolError } from "../../../../src/machine/tool_error.ts";

/** A thread polls for what another one writes: the more often, the later that one comes. */
const polling = program("polling", (p) => {
  const flag = p.word("flag");
  p.thread("poll", function* (t) {
    while ((yield* flag.read(t)) === 0);
  });
  p.thread("set", (t) => flag.write(t, 1));
});

const STRATEGIES: readonly (readonly [string, () => Exhaustive])[] = [
  ["dfs", () => new Dfs()],
  ["dpor", () => new Dpor(polling.words.length)],
];

describe("an exhaustive strategy whose executions are cut", () => {
  it.each(STRATEGIES)("comes to an end and says that it is no proof: %s", (_name, create) => {
    const strategy = create();
    const explorer = new Explorer({ subject: polling, strategy, seed: 1, patience: { maxSteps: 80, fairSteps: 1000 } });
    while (strategy.executions < 100 && explorer.run(strategy.executions) !== null);
    expect(strategy.executions).toBeGreaterThan(1);
    expect(strategy.executions).toBeLessThan(100);
    expect(strategy.isComplete).toBe(false);
  });

  it("refuses a subject that is not the same each time", () => {
    let runs = 0;
    const fickle = program("fickle", (p) => {
      const x = p.word("x");
      p.thread("first", function* (t) {
        if (++runs > 1) return;
        yield* x.write(t, 1);
        yield* x.write(t, 2);
      });
      p.thread("second", (t) => x.write(t, 3));
    });
    runs = 0;
    const explorer = new Explorer({ subject: fickle, strategy: new Dpor(fickle.words.length), seed: 1 });
    expect(explorer.run(0)!.failure).toBeNull();
    expect(() => explorer.run(1)).toThrow(
      new ToolError("the subject is not deterministic: the same decisions led to another state"),
    );
  });
});
