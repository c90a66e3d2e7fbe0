import { Engine, type Thread } from "../../../src/executor/explorer/engine/engine.ts";
import { randomWalk } from "../../../src/executor/explorer/engine/random_walk.ts";
import { Current } from "../../../src/kernel/current.ts";
import { Kernel, type KernelConfig } from "../../../src/kernel/kernel.ts";
import { mmAlloc } from "../../../src/kernel/mm/mm_alloc.ts";
import { Layout } from "../../../src/machine/layout.ts";
import type { Run } from "../../../src/machine/step.ts";
import type { Ptr } from "../../../src/machine/struct.ts";
import { Tracer } from "../../../src/machine/tracer.ts";

/** A kernel with one address space and nobody in it. */
export class Bench {
  readonly layout = new Layout();
  readonly tracer = new Tracer();
  readonly kernel: Kernel;
  words = new Int32Array();
  mm = 0 as Ptr<"mm_struct">;

  constructor(tasks: number, config: Partial<KernelConfig> = {}) {
    this.kernel = new Kernel(this.layout, {
      frames: 4,
      writers: 1,
      tasks: tasks + 1,
      cpus: tasks + 1,
      mms: 2,
      vmas: 4,
      swapSlots: 1,
      ...config,
    });
  }

  /** After everything has its place. */
  powerOn(): void {
    this.words = new Int32Array(this.layout.words);
    this.kernel.powerOn(this.words);
    this.mm = this.atOnce((current) => mmAlloc(current));
  }

  /** Task `id`, from 1. */
  current(id: number): Current {
    return new Current(this.kernel, {
      id,
      name: `cpu${id}`,
      words: this.words,
      tracer: this.tracer,
      interleaved: true,
      nowUs: () => 0,
    });
  }

  /** Run one body to its end, alone. */
  atOnce<T>(body: (current: Current) => Run<T>): T {
    const engine = new Engine(this.words);
    const current = this.current(this.kernel.config.tasks);
    const thread = engine.spawn(current, body(current));
    engine.runAlone(thread);
    if (thread.state !== "done") throw new Error(`blocks at ${this.layout.nameOf(thread.addr)}`);
    return thread.result as T;
  }

  /** Run one task for each body, all interleaved at random, to their ends. */
  walk(seed: number, bodies: readonly ((current: Current) => Run<void>)[]): Engine {
    return randomWalk({
      words: this.words,
      seed,
      spawn: (engine) => {
        for (const [index, body] of bodies.entries()) {
          const current = this.current(index + 1);
          engine.spawn(current, body(current));
        }
      },
    });
  }

  /** Tasks that stand still until {@link Standing.run}: for schedules made by hand. */
  stand(): Standing {
    return new Standing(this);
  }
}

/** Tasks under one engine, run by hand. */
export class Standing {
  readonly engine: Engine;
  readonly #bench: Bench;

  constructor(bench: Bench) {
    this.#bench = bench;
    this.engine = new Engine(bench.words);
  }

  spawn(id: number, body: (current: Current) => Run<unknown>): Thread {
    const current = this.#bench.current(id);
    return this.engine.spawn(current, body(current));
  }

  /** Let it go on until it is done or blocked; which of both. */
  run(thread: Thread): string {
    this.engine.runAlone(thread);
    return thread.state;
  }
}
