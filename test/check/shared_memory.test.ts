import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { expect, test } from "vitest";
import { bundleWorker } from "../../src/bundle/bundle.ts";
import { Layout } from "../../src/machine/layout.ts";
import { NULL } from "../../src/machine/struct.ts";
import { place, Row } from "../fixtures/check/place.ts";
import type { Role } from "../fixtures/check/worker.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** Let threads play these roles at the same time; what each found wrong. */
async function play(memory: SharedArrayBuffer, roles: readonly Omit<Role, "memory" | "thread" | "threads">[]): Promise<number[]> {
  const file = await bundleWorker({ root: ROOT, entry: `${ROOT}test/fixtures/check/worker.ts` });
  return Promise.all(
    roles.map(async (role, i) => {
      const worker = new Worker(file, { workerData: { ...role, memory, thread: i + 1, threads: roles.length } });
      const [wrong] = (await once(worker, "message")) as [number];
      await worker.terminate();
      return wrong;
    }),
  );
}

const ROWS = 4000;

test("a range is never seen in pieces while others come and go in its place", async () => {
  const layout = new Layout();
  const { active } = place(layout);
  const memory = new SharedArrayBuffer(layout.words * 4);
  const disturb = { name: "disturb", rounds: 300_000 } as const;
  expect(await play(memory, [disturb, disturb, { name: "look", rounds: 1_000_000 }])).toEqual([0, 0, 0]);
  expect(active.count(new Int32Array(memory))).toBe(0);
});

test("threads that claim the same rows at the same time get the same rows", async () => {
  const layout = new Layout();
  const { table } = place(layout);
  const memory = new SharedArrayBuffer(layout.words * 4);
  const words = new Int32Array(memory);
  const claim = { name: "claim", rounds: ROWS } as const;
  expect(await play(memory, [claim, claim])).toEqual([0, 0]);
  const counts = Array.from({ length: ROWS }, (_, i) => table.find(words, 16 + i)).map((row) =>
    row === NULL ? 0 : words[row + Row.count],
  );
  expect(counts).toEqual(counts.map(() => 2));
});
