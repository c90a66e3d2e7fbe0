import { expect, it } from "vitest";
import { randomWalk } from "../../src/executor/explorer/engine/random_walk.ts";
import { init, read, write } from "../../src/machine/access.ts";
import { Layout } from "../../src/machine/layout.ts";
import { GFP_KERNEL, GFP_NOWAIT, POISON_FREE, Slab } from "../../src/machine/slab.ts";
import type { Run } from "../../src/machine/step.ts";
import { NULL, struct, u32 } from "../../src/machine/struct.ts";
import type { Task } from "../../src/machine/task.ts";
import { testTask } from "../task.ts";

const Thing = struct("thing", { holder: u32, other: u32 });

function slab(capacity: number, nowaitFailPercent = 0) {
  const layout = new Layout();
  const things = new Slab(layout, Thing, capacity, nowaitFailPercent);
  const words = new Int32Array(new SharedArrayBuffer(layout.words * 4));
  things.powerOn(words);
  return { things, words };
}

it("never hands an object out twice, whatever the interleaving", () => {
  for (let seed = 1; seed <= 300; seed++) {
    const { things, words } = slab(3);
    function* user(task: Task): Run<void> {
      for (let round = 0; round < 3; round++) {
        const thing = yield* things.alloc(task, GFP_NOWAIT);
        if (thing === NULL) continue;
        expect(yield* read(task, thing, Thing.holder)).toBe(0);
        yield* write(task, thing, Thing.holder, task.id);
        expect(yield* read(task, thing, Thing.holder)).toBe(task.id);
        yield* things.free(task, thing);
      }
    }
    randomWalk({
      words,
      seed,
      spawn: (engine) => {
        for (let id = 1; id <= 4; id++) {
          const task = testTask(engine, id);
          engine.spawn(task, user(task));
        }
      },
    });
    expect(things.inUse(words)).toBe(0);
  }
});

it("poisons what is freed and counts what failed", () => {
  const { things, words } = slab(1);
  randomWalk({
    words,
    seed: 1,
    spawn: (engine) => {
      const task = testTask(engine, 1);
      engine.spawn(
        task,
        (function* (): Run<void> {
          const thing = yield* things.alloc(task, GFP_KERNEL);
          init(task, thing, Thing.other, 7);
          expect(yield* things.alloc(task, GFP_KERNEL)).toBe(NULL);
          yield* things.free(task, thing);
          expect(yield* read(task, thing, Thing.other)).toBe(POISON_FREE);
        })(),
      );
    },
  });
  expect([things.inUse(words), things.failed(words)]).toEqual([0, 1]);
});

it("lets only GFP_NOWAIT fail by chance, and only GFP_KERNEL reclaim", () => {
  const { things, words } = slab(1, 100);
  let reclaims = 0;
  things.shrinker = function* () {
    reclaims++;
    return false;
  };
  randomWalk({
    words,
    seed: 1,
    spawn: (engine) => {
      const task = testTask(engine, 1);
      engine.spawn(
        task,
        (function* (): Run<void> {
          expect(yield* things.alloc(task, GFP_NOWAIT)).toBe(NULL);
          expect(yield* things.alloc(task, GFP_KERNEL)).not.toBe(NULL);
          expect(yield* things.alloc(task, GFP_KERNEL)).toBe(NULL);
        })(),
      );
    },
  });
  expect(reclaims).toBe(1);
});
