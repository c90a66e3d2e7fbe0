import { expect, it } from "vitest";
import {
  DmaResv,
  emitFence,
  FenceLine,
  isFenceSignaled,
  latestFence,
  resvLine,
  signalFence,
  waitForFence,
} from "../../../src/driver/parts/dma_resv.ts";
import { randomWalk } from "../../../src/executor/explorer/engine/random_walk.ts";
import { Layout } from "../../../src/machine/layout.ts";
import type { Run } from "../../../src/machine/step.ts";
import type { Task } from "../../../src/machine/task.ts";
import { testTask } from "../../task.ts";

function run(seed: number, ...bodies: ((task: Task) => Run<void>)[]): void {
  randomWalk({
    words,
    seed,
    spawn: (engine) => {
      for (const [index, body] of bodies.entries()) {
        const task = testTask(engine, 1 + index);
        engine.spawn(task, body(task));
      }
    },
  });
}

const layout = new Layout();
const resv = layout.place(DmaResv, "resv");
const words = new Int32Array(new SharedArrayBuffer(layout.words * 4));

it("waits for the fence of a number, whatever is added behind it", () => {
  for (let seed = 1; seed <= 200; seed++) {
    words.fill(0);
    let signaled = 0;
    const emitted: number[] = [];
    run(
      seed,
      function* (task) {
        for (const line of [0, 3]) emitted.push(yield* emitFence(task, resvLine(resv, line)));
        for (const line of [0, 3]) {
          yield* emitFence(task, resvLine(resv, line)); // nobody ever signals it
          yield* waitForFence(task, resvLine(resv, line), 1);
        }
        expect(signaled).toBeGreaterThanOrEqual(2);
      },
      function* (task) {
        while (emitted.length < 2) yield* latestFence(task, resvLine(resv, 3));
        for (const line of [3, 0]) {
          signaled++;
          yield* signalFence(task, resvLine(resv, line), 1);
        }
      },
    );
  }
});

it("counts on over the wrap of 32-bit numbers", () => {
  words.fill(0);
  const line = resvLine(resv, 1);
  words[line + FenceLine.emitted] = 0x7fff_ffff;
  words[line + FenceLine.completed] = 0x7fff_ffff;
  run(1, function* (task) {
    const seqno = yield* emitFence(task, line);
    expect(yield* isFenceSignaled(task, line, seqno)).toBe(false);
    yield* signalFence(task, line, seqno);
    expect(yield* isFenceSignaled(task, line, seqno)).toBe(true);
    yield* waitForFence(task, line, seqno);
  });
});
