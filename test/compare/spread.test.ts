import { describe, expect, it } from "vitest";
import { spread } from "../../src/compare/spread.ts";

/** Tasks that end when they are told to. */
class Tasks {
  readonly begun: number[] = [];
  readonly #ends = new Map<number, { resolve: (value: string) => void; reject: (error: unknown) => void }>();

  readonly run = (task: number): Promise<string> => {
    this.begun.push(task);
    return new Promise((resolve, reject) => void this.#ends.set(task, { resolve, reject }));
  };

  async end(task: number): Promise<void> {
    this.#ends.get(task)!.resolve(`task ${task}`);
    await settled();
  }

  async fail(task: number): Promise<void> {
    this.#ends.get(task)!.reject(new Error(`task ${task} failed`));
    await settled();
  }
}

/** Whoever waits for a promise that was settled has gone on. */
function settled(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}

const never = () => false;

describe("tasks over lanes", () => {
  it("are begun in order, as many at a time as there are lanes, and told in order whoever ends first", async () => {
    const tasks = new Tasks();
    const all = spread(4, 2, tasks.run, never);
    expect(tasks.begun).toEqual([0, 1]);
    await tasks.end(1);
    expect(tasks.begun).toEqual([0, 1, 2]);
    await tasks.end(2);
    await tasks.end(0);
    await tasks.end(3);
    expect(await all).toEqual(["task 0", "task 1", "task 2", "task 3"]);
  });

  it("are no more begun after a failure; of several the first in order is thrown", async () => {
    const tasks = new Tasks();
    const all = spread(9, 3, tasks.run, never);
    const failure = all.catch(String);
    await tasks.fail(2);
    await tasks.end(0);
    await tasks.fail(1);
    expect(await failure).toBe("Error: task 1 failed");
    expect(tasks.begun).toEqual([0, 1, 2]);
  });

  it("that were stopped leave what has ended", async () => {
    const tasks = new Tasks();
    let isStopped = false;
    const all = spread(9, 2, tasks.run, () => isStopped);
    await tasks.end(0);
    isStopped = true;
    await tasks.fail(1);
    await tasks.end(2);
    expect(await all).toEqual(["task 0", null, "task 2", null, null, null, null, null, null]);
  });

  it("are none", async () => {
    expect(await spread(0, 2, () => Promise.reject(new Error("there is none")), never)).toEqual([]);
  });
});
