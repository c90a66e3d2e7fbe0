import { Task } from "../src/machine/task.ts";
import { Tracer } from "../src/machine/tracer.ts";
import type { Engine } from "../src/executor/explorer/engine/engine.ts";

/** A task for tests: every access is a step, time is the engine's. */
export function testTask(engine: Engine, id: number, tracer = new Tracer()): Task {
  return new Task({ id, name: `task${id}`, words: engine.words, tracer, interleaved: true, nowUs: () => engine.nowUs });
}
