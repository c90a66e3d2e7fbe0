import { Engine } from "../../../src/executor/explorer/engine/engine.ts";

/**
 * Run the tasks to their ends, each for some steps at a time, now few, now many: as on real threads, one may stand still at any
 * point while others free and reuse everything around it. A uniform walk hardly ever does that.
 */
export function burstWalk(words: Int32Array, uniform: (bound: number) => number, spawn: (engine: Engine) => void): void {
  const engine = new Engine(words);
  spawn(engine);
  while (engine.threads.some((thread) => thread.state !== "done")) {
    const runnable = engine.enabled;
    if (runnable.length === 0) {
      if (!engine.passTime()) throw new Error("all tasks wait");
      continue;
    }
    const thread = runnable[uniform(runnable.length)];
    const burst = uniform(3) === 0 ? uniform(800) : uniform(12);
    for (let i = 0; i <= burst && thread.state === "runnable"; i++) engine.step(thread);
  }
}
