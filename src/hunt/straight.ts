import type { World } from "../boot/world.ts";
import { stopGpu } from "../device/stop.ts";
import { GpuContext, GpuRegisters, REQUEST_RUN } from "../device/gpu.ts";
import { Engine } from "../executor/explorer/engine.ts";
import { MmStruct } from "../kernel/mm/mm_struct.ts";
import { mmAlloc } from "../kernel/mm/mm_alloc.ts";
import { mmput } from "../kernel/mm/mm_count.ts";
import { srcuRunCallbacks } from "../kernel/srcu.ts";
import type { Run } from "../machine/step.ts";
import { NULL } from "../machine/struct.ts";
import type { Tracer } from "../machine/tracepoint.ts";
import { addressOf, type Play, type PlayActor, type PlayStage } from "../scenario/hunt/play.ts";
import { AccessList, hardwareRoles } from "./cast.ts";

/**
 * What comes before and after the concurrent part: on one CPU, with nobody in between. Its tasks are not interleaved, so their
 * accesses are no steps and cost next to nothing.
 */
export class Straight {
  readonly #world: World;
  readonly #stage: PlayStage;
  readonly #play: Play;
  readonly #words: Int32Array;
  readonly #tracer: Tracer;
  /** Of the last run; who has not come to his end there waits for ever. */
  readonly engine: Engine;

  constructor(world: World, stage: PlayStage, play: Play, words: Int32Array, tracer: Tracer) {
    this.#world = world;
    this.#stage = stage;
    this.#play = play;
    this.#words = words;
    this.#tracer = tracer;
    this.engine = new Engine(words);
  }

  /** A new process, the GPUs open in it. False if it cannot be. */
  setUp(): boolean {
    return this.#run((actor) => this.#begin(actor));
  }

  /** The process and all that the drivers keep of it go. False if somebody waits for ever: see {@link engine}. */
  tearDown(): boolean {
    return this.#run((actor) => this.#end(actor));
  }

  #run(body: (actor: PlayActor) => Run<void>): boolean {
    const { engine } = this;
    engine.reset();
    const hardware = { words: this.#words, tracer: this.#tracer, interleaved: false, nowUs: () => engine.nowUs };
    for (const gpu of this.#world.gpus) {
      const nothing = (context: number) => new AccessList(gpu, context, NULL, []);
      for (const { task, body: loop } of hardwareRoles(this.#world, gpu, hardware, nothing)) engine.spawn(task, loop);
    }
    const current = this.#world.cpuTask(0, hardware);
    engine.spawn(current, body({ current, stage: this.#stage, cpu: 0 }));
    for (let turn = 0; engine.alive > 0; turn++) {
      if (engine.enabled.length > 0) engine.step(engine.enabled[turn % engine.enabled.length]);
      else if (!engine.passTime()) return false;
    }
    this.#switchOn();
    return true;
  }

  /** The GPUs are as after power-on, ready for tasks. */
  #switchOn(): void {
    for (const { regs, contexts } of this.#world.gpus) {
      this.#words[regs + GpuRegisters.stop] = 0;
      for (const context of contexts) this.#words[context + GpuContext.request] = REQUEST_RUN;
    }
  }

  *#begin(actor: PlayActor): Run<void> {
    const { current, stage } = actor;
    stage.mm = yield* mmAlloc(current);
    yield* this.#play.populate(actor);
    for (const gpu of stage.gpus) {
      const vm = yield* stage.driver.open(current, gpu, stage.mm);
      stage.vms[gpu.index] = vm;
      for (const { first, pages } of this.#play.targets) {
        yield* stage.driver.bind(current, vm, addressOf(first), addressOf(first + pages));
      }
    }
    if (this.#play.prepare !== undefined) yield* this.#play.prepare(actor);
    yield* this.#switchOff(actor);
  }

  *#end(actor: PlayActor): Run<void> {
    const { current, stage } = actor;
    yield* stage.notifiers.removeAll(actor);
    const hasExited = this.#words[stage.mm + MmStruct.mmUsers] === 0;
    if (!hasExited) yield* mmput(current, stage.mm);
    for (const vm of stage.vms) yield* stage.driver.close(current, vm);
    while (yield* srcuRunCallbacks(current)) { /* until the queue is empty */ }
    yield* this.#switchOff(actor);
  }

  *#switchOff({ current, stage }: PlayActor): Run<void> {
    for (const gpu of stage.gpus) yield* stopGpu(current, gpu);
  }
}
