import { describe, expect, it } from "vitest";
import { explore } from "../../../src/executor/explorer/engine/explore.ts";
import { program, type Thread } from "../../../src/executor/explorer/program/program.ts";
import { RandomWalk } from "../../../src/executor/explorer/strategy/random.ts";
import { ToolError } from "../../../src/machine/tool_error.ts";
import { trace } from "../../../src/machine/tracepoint.ts";
import { machineEvents } from "../../../src/machine/tracepoints.ts";

/** One thread that runs `body`, explored once. */
function runOf(body: (t: Thread) => void, strategy = new RandomWalk(1)) {
  const subject = program("one", (p) => {
    const x = p.word("x");
    p.thread("t", function* (t) {
      yield* x.write(t, 1);
      body(t);
    });
  });
  return explore({ subject, strategy, seed: 1, schedules: 1 });
}

function nobody(): never {
  throw new TypeError("nobody is null");
}

describe("an error that is the tool's own is no failure of what runs", () => {
  it("of whoever listens to events", () => {
    const heard = (t: Thread) => {
      t.task.tracer.on("judge", machineEvents.mightSleep, nobody);
      trace(t.task, machineEvents.mightSleep, 0);
    };
    expect(() => runOf(heard)).toThrow(new ToolError("a listener to might_sleep threw TypeError: nobody is null"));
  });

  it("of a strategy", () => {
    class Broken extends RandomWalk {
      override pick = nobody;
    }
    expect(() => runOf(() => undefined, new Broken(1))).toThrow(new TypeError("nobody is null"));
  });

  it("that code which runs has met", () => {
    const misused = () => {
      throw new ToolError("two accesses at once");
    };
    expect(() => runOf(misused)).toThrow(new ToolError("two accesses at once"));
  });
});

it("an error of the code that runs is one", () => {
  expect(runOf(nobody).found.map(({ failure: { kind, message } }) => [kind, message])).toEqual([["exception", "nobody is null"]]);
});
