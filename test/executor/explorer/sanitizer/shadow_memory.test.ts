import { describe, expect, it } from "vitest";
import { Engine } from "../../../../src/executor/explorer/engine/engine.ts";
import type { Failure } from "../../../../src/executor/explorer/engine/failure.ts";
import { attachSanitizers } from "../../../../src/executor/explorer/sanitizer/attach.ts";
import { StackEngine } from "../../../../src/executor/explorer/sanitizer/stacks.ts";
import { read, write } from "../../../../src/machine/access.ts";
import { futexWake } from "../../../../src/machine/futex.ts";
import { Layout } from "../../../../src/machine/layout.ts";
import { GFP_KERNEL, Slab } from "../../../../src/machine/slab.ts";
import type { Run } from "../../../../src/machine/step.ts";
import { NULL, struct, u32, type Ptr } from "../../../../src/machine/struct.ts";
import { Task } from "../../../../src/machine/task.ts";
import { Tracer } from "../../../../src/machine/tracer.ts";

const Thing = struct("thing", { first: u32, second: u32 });
type Body = (task: Task, slab: Slab<"thing">) => Run<unknown>;

/** Run the bodies one after the other, each to its end, and tell what the sanitizers found. */
function failuresOf(bodies: readonly Body[], options: { stacks?: boolean; boot?: Body } = {}): Failure[] {
  const layout = new Layout();
  const slab = new Slab(layout, Thing, 2);
  const words = new Int32Array(layout.words + 1000);
  slab.powerOn(words);
  const tracer = new Tracer();
  const found: Failure[] = [];
  const sanitizers = attachSanitizers(tracer, { layout, report: (failure) => found.push(failure) });
  const engine = options.stacks === true ? new StackEngine(words) : new Engine(words);
  const taskOf = (id: number, name: string) => new Task({ id, name, words, tracer, interleaved: true, nowUs: () => 0 });
  if (options.boot !== undefined) {
    for (let rest = options.boot(taskOf(9, "boot"), slab); rest.next(0).done !== true;) {
      /* on its own */
    }
  }
  sanitizers.begin(engine);
  bodies.forEach((body, i) => {
    const task = taskOf(i + 1, `t${i}`);
    const thread = engine.spawn(task, body(task, slab));
    while (thread.state === "runnable") {
      engine.step(thread);
      sanitizers.stepped(engine);
    }
  });
  return found;
}

describe("the shadow of memory", () => {
  it("has nothing to say to an object that is allocated, used, freed and allocated again", () => {
    const useOnce: Body = function* (task, slab) {
      const thing = yield* slab.alloc(task, GFP_KERNEL);
      yield* write(task, thing, Thing.second, 1);
      yield* slab.free(task, thing);
    };
    expect(failuresOf([useOnce, useOnce])).toEqual([]);
  });

  it("objects to a read of a freed object, but not to a wake-up there", () => {
    const [failure, ...others] = failuresOf([
      function* (task, slab) {
        const thing = yield* slab.alloc(task, GFP_KERNEL);
        yield* slab.free(task, thing);
        yield* futexWake(task, thing, Thing.second);
        yield* read(task, thing, Thing.second);
      },
    ]);
    expect(others).toEqual([]);
    expect(failure).toMatchObject({ kind: "use-after-free", message: "t0: READ of thing#0.second, freed by t0" });
  });

  it("says who allocated the object and who freed it, with the functions, if the engine remembers them", () => {
    let thing = NULL as Ptr<"thing">;
    const allocate: Body = function* makeThing(task, slab) {
      thing = yield* slab.alloc(task, GFP_KERNEL);
    };
    const release: Body = function* dropThing(task, slab) {
      yield* slab.free(task, thing);
    };
    const use: Body = function* useThing(task) {
      yield* read(task, thing, Thing.first);
    };
    const bodies = [allocate, release, use];
    const replayed = failuresOf(bodies, { stacks: true })[0]
      .details.join("\n")
      .replaceAll(/step \d+/g, "step N");
    expect(replayed).toBe(
      [
        "  useThing",
        "allocated by t0 in step N",
        "  alloc",
        "  makeThing",
        "freed by t1 in step N",
        "  free",
        "  dropThing",
      ].join("\n"),
    );
    expect(failuresOf(bodies)[0].details).toHaveLength(2);
  });

  it("objects to an object that nobody has allocated, and to words where no memory is", () => {
    const rules = failuresOf([
      function* (task, slab) {
        yield* read(task, slab.at(1), Thing.first);
        yield* read(task, NULL as Ptr<"thing">, Thing.first);
        yield* read(task, slab.at(100), Thing.first);
      },
    ]).map(({ kind, message }) => `${kind}: ${message}`);
    expect(rules).toEqual([
      "out-of-bounds: t0: READ of thing#1.first, which nobody has allocated",
      "out-of-bounds: t0: READ of word 0, where no memory is",
      expect.stringMatching(/^out-of-bounds: t0: READ of word \d+, where no memory is$/),
    ]);
  });

  it("begins each execution with what was there at boot", () => {
    let thing = NULL as Ptr<"thing">;
    const boot: Body = function* (task, slab) {
      thing = yield* slab.alloc(task, GFP_KERNEL);
    };
    expect(
      failuresOf(
        [
          function* (task) {
            yield* read(task, thing, Thing.first);
          },
        ],
        { boot },
      ),
    ).toEqual([]);
  });

  it("takes a free for a write: who reads without an order races with it, even if he comes first", () => {
    let thing = NULL as Ptr<"thing">;
    const boot: Body = function* (task, slab) {
      thing = yield* slab.alloc(task, GFP_KERNEL);
    };
    const reader: Body = function* (task) {
      yield* read(task, thing, Thing.first);
    };
    const freer: Body = function* (task, slab) {
      yield* slab.free(task, thing);
    };
    expect(failuresOf([reader, freer], { boot })).toMatchObject([
      { kind: "data-race", message: "thing#0.first: nothing orders the plain read by t0 and the free by t1" },
    ]);
  });
});
