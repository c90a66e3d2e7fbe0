import { expect, test } from "vitest";
import { abort, ABORT_INTERRUPTED } from "../../../src/executor/threads/abort.ts";
import { WorkerDied } from "../../../src/executor/threads/spawn.ts";
import { muster, type Crew } from "../../fixtures/threads/crew.ts";

async function withCrew(workers: number, body: (crew: Crew) => Promise<void>): Promise<void> {
  const crew = await muster({ gpus: 0, workers });
  try {
    await body(crew);
  } finally {
    await crew.dismiss();
  }
}

test("a worker that throws is reported by name, with the stack in the source it was written in", () =>
  withCrew(2, async ({ workers, deaths }) => {
    const pending = workers[1].call((api) => api.never()).catch((reason: unknown) => reason);
    await workers[1].call((api) => api.throwSoon());
    const error = await pending;
    expect(error).toBeInstanceOf(WorkerDied);
    const died = error as WorkerDied;
    expect(died.worker).toBe("worker1");
    expect(died.message).toBe("worker worker1 died: the worker's own fault");
    expect(died.stack).toMatch(
      /TypeError: the worker's own fault\n\s+at throwFromTypeScript \(.*test\/fixtures\/threads\/worker\.ts:\d+:\d+\)/,
    );
    expect(deaths).toEqual([died]);
    expect(await workers[0].call((api) => api.nowUs())).toBeGreaterThan(0);
  }));

test("a worker that exits is reported with its exit code, and so are later calls to it", () =>
  withCrew(1, async ({ workers, deaths }) => {
    const call = workers[0].call((api) => api.exitSoon(3));
    await expect(call).rejects.toMatchObject({
      name: "WorkerDied",
      worker: "worker0",
      exitCode: 3,
      message: "worker worker0 died: exit code 3",
    });
    await expect(workers[0].call((api) => api.nowUs())).rejects.toBe(deaths[0]);
  }));

test("an error of a call is not a death: it comes back by name, with the worker's stack", () =>
  withCrew(1, async ({ workers, deaths }) => {
    const error = await workers[0].call((api) => api.throwNow()).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ name: "TypeError", message: "the worker's own fault" });
    expect((error as Error).stack).toMatch(/worker\.ts:\d+/);
    expect(deaths).toEqual([]);
  }));

test("an error that comes out of a worker's life is its death, with the worker's stack", () =>
  withCrew(1, async ({ workers, deaths }) => {
    const error = await workers[0].live((api) => api.throwNow()).catch((reason: unknown) => reason);
    expect(error).toMatchObject({
      name: "WorkerDied",
      worker: "worker0",
      message: "worker worker0 died: the worker's own fault",
    });
    expect((error as Error).stack).toMatch(/TypeError: .*\n.*throwFromTypeScript.*worker\.ts:\d+/);
    expect(deaths).toEqual([error]);
  }));

test("a life that ends because the machine was stopped is no death", () =>
  withCrew(1, async ({ workers, deaths, machine }) => {
    const life = workers[0].live((api) => api.waitForEver(1)).catch((reason: unknown) => reason);
    abort(machine.words, machine.state, ABORT_INTERRUPTED);
    expect(await life).toMatchObject({ name: "AbortError" });
    expect(deaths).toEqual([]);
  }));

test("a worker that is parked forever can be stopped, which is no death", () =>
  withCrew(1, async ({ workers, deaths }) => {
    const call = workers[0].call((api) => api.waitForEver(1)).catch((reason: unknown) => reason);
    await workers[0].stop();
    expect(await call).toMatchObject({ message: "worker worker0 was stopped" });
    expect(deaths).toEqual([]);
  }));
