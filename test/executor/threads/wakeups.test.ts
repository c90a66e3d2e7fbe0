import { expect, test } from "vitest";
import { FutexBucket, GpuWorker, ThreadsControl } from "../../../src/executor/threads/state.ts";
import { MainRunner } from "../../../src/executor/threads/main_runner.ts";
import { muster, type Crew } from "../../fixtures/threads/crew.ts";
import { sleepUntil } from "../../../src/machine/futex.ts";
import { Box, hammer, pingAll, receive, sendQuietly, TestLock } from "../../fixtures/threads/machine.ts";

/**
 * Lost wake-ups, hunted over thousands of hand-overs. Every wait of the programs has a deadline of seconds or a partner that
 * runs forever, so a lost wake-up fails the test instead of hanging it.
 */

async function withCrew(options: { gpus: number; workers: number }, body: (crew: Crew) => Promise<void>): Promise<void> {
  const crew = await muster(options);
  try {
    await body(crew);
    expect(crew.deaths).toEqual([]);
  } finally {
    await crew.dismiss();
  }
}

test("a CPU worker and a GPU worker hand over to each other", () =>
  withCrew({ gpus: 1, workers: 2 }, async ({ workers: [gpu, cpu], machine }) => {
    const gpuRun = gpu.call((api) => api.runGpu(0, 2, 0, 0));
    gpuRun.catch(() => undefined);
    await cpu.call((api) => api.ping(1, [0], 20_000));
    expect(machine.words[machine.boxes[0] + Box.answer]).toBe(20_000);
  }));

test("a GPU's task is woken on any word of the GPU, although its worker parks on the doorbell", () =>
  withCrew({ gpus: 1, workers: 1 }, async ({ workers, machine }) => {
    workers[0].call((api) => api.runQuietGpu(0, 2)).catch(() => undefined);
    const task = machine.task(1, "cpu0");
    const [box] = machine.boxes;
    await new MainRunner(machine.thread(), task, 1).run(
      (function* () {
        for (let n = 1; n <= 2_000; n++) {
          yield* sendQuietly(task, box, n);
          if (n % 20 === 0) yield* sleepUntil(task, task.nowUs() + 200); // let the worker fall asleep
          expect(yield* receive(task, box, n, task.nowUs() + 5_000_000)).toBe(true);
        }
      })(),
    );
  }));

test("main fans out to more GPUs than there are cores, and collects", () =>
  withCrew({ gpus: 6, workers: 6 }, async ({ workers, machine }) => {
    for (const [i, worker] of workers.entries()) worker.call((api) => api.runGpu(i, 2 + 2 * i, 0, 1)).catch(() => undefined);
    const task = machine.task(1, "cpu0");
    await new MainRunner(machine.thread(), task, 1).run(pingAll(task, machine.boxes, 0, 300));
    for (const box of machine.boxes) {
      expect(machine.words[box + Box.answer]).toBe(300);
      expect(machine.words[box + Box.rounds]).toBeGreaterThan(0); // the contexts got their turns
    }
  }));

test("GPUs answer after a latency, which nobody else's answer cuts short", () =>
  withCrew({ gpus: 3, workers: 3 }, async ({ workers, machine }) => {
    for (const [i, worker] of workers.entries()) worker.call((api) => api.runGpu(i, 2 + i, 300, 0)).catch(() => undefined);
    const task = machine.task(1, "cpu0");
    const [fastestUs] = await new MainRunner(machine.thread(), task, 1).run(pingAll(task, machine.boxes, 0, 200));
    expect(fastestUs).toBeGreaterThanOrEqual(300);
  }));

test("CPUs, main and the tasks of two GPUs share one lock that belongs to none of the GPUs", () =>
  withCrew({ gpus: 2, workers: 4 }, async ({ workers, machine }) => {
    const rounds = 3_000;
    const task = machine.task(1, "cpu0");
    await Promise.all([
      workers[0].call((api) => api.hammerGpu(0, 10, 3, rounds)),
      workers[1].call((api) => api.hammerGpu(1, 20, 2, rounds)),
      workers[2].call((api) => api.hammer(2, rounds)),
      workers[3].call((api) => api.hammer(3, rounds)),
      new MainRunner(machine.thread(), task, 1).run(hammer(task, machine.lock(0), rounds)),
    ]);
    const { words, state } = machine;
    expect(words[machine.lock(0) + TestLock.count]).toBe(8 * rounds);
    expect(words[state.bucketOf(machine.lock(0)) + FutexBucket.strangers]).toBe(0);
    expect([0, 1].map((gpu) => words[state.gpuWorker(gpu) + GpuWorker.strangers])).toEqual([0, 0]);
    expect(words[state.control + ThreadsControl.awake]).toBe(0);
  }));
