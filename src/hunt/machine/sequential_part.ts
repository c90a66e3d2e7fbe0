import { Engine } from "../../executor/explorer/engine/engine.ts";
import { stopGpu } from "../../device/stop.ts";
import { hasFault } from "../../device/view.ts";
import { GpuContext, GpuRegisters, REQUEST_RUN } from "../../device/gpu.ts";
import type { Current } from "../../kernel/current.ts";
import { MmStruct } from "../../kernel/mm/mm_struct.ts";
import { mmAlloc } from "../../kernel/mm/mm_alloc.ts";
import { mmput } from "../../kernel/mm/mm_count.ts";
import { srcuRunCallbacks } from "../../kernel/srcu.ts";
import type { Run } from "../../machine/step.ts";
import type { Task } from "../../machine/task.ts";
import { serveFaults } from "../../scenario/fault_service.ts";
import { addressOf, type Play, type PlayActor, type PlayStage } from "../../scenario/play/play.ts";

/** A task that goes on with what it does. */
export interface Straightforward {
  readonly task: Task;
  readonly body: Run<unknown>;
}

/**
 * What comes before and after the concurrent part: on one CPU, with nobody in between but the GPUs, who do as they are asked.
 * Tasks are not interleaved here, so their accesses are no steps and cost next to nothing.
 */
export class SequentialPart {
  readonly engine: Engine;
  readonly #stages: readonly PlayStage[];
  readonly #play: Play;
  readonly #boot: PlayActor;

  /**
   * @param stages one for each process, which have all but that in common
   * @param boot the CPU that does it
   */
  constructor(stages: readonly PlayStage[], play: Play, boot: Current) {
    this.engine = new Engine(boot.words);
    this.#stages = stages;
    this.#play = play;
    this.#boot = { current: boot, stage: stages[0], cpu: 0 };
  }

  /** New processes, the GPUs open in them. The engine is as new. False if somebody waits forever. */
  setUp(gpus: readonly Straightforward[]): boolean {
    this.#enter(gpus);
    if (!this.#run(this.#begin())) return false;
    for (const { regs, contexts } of this.#boot.stage.gpus) {
      // on again, as after power-on
      this.engine.words[regs + GpuRegisters.stop] = 0;
      for (const context of contexts) this.engine.words[context + GpuContext.request] = REQUEST_RUN;
    }
    return true;
  }

  /**
   * Answer the faults that are left, end the processes and all that the drivers keep of them, at `nowUs`. False if somebody waits
   * forever: see {@link engine}.
   */
  tearDown(gpus: readonly Straightforward[], nowUs: number): boolean {
    const { current, stage } = this.#boot;
    this.engine.reset();
    this.engine.nowUs = nowUs;
    this.#enter(gpus);
    while (this.#hasFaults()) this.#run(serveFaults(current, stage));
    return this.#run(this.#end());
  }

  #enter(gpus: readonly Straightforward[]): void {
    for (const { task, body } of gpus) {
      task.interleaved = false;
      this.engine.spawn(task, body);
    }
  }

  /** Let the CPU do this, and the GPUs what they like, until nobody can go on. Have all come to their end? */
  #run(body: Run<unknown>): boolean {
    const { engine } = this;
    this.#boot.current.interleaved = false;
    engine.spawn(this.#boot.current, body);
    for (let turn = 0; engine.alive > 0; turn++) {
      if (engine.enabled.length > 0) engine.step(engine.enabled[turn % engine.enabled.length]);
      else if (!engine.passTime()) return false;
    }
    return true;
  }

  #hasFaults(): boolean {
    return this.#boot.stage.gpus.some((gpu) => gpu.contexts.some((_, context) => hasFault(this.engine.words, gpu, context)));
  }

  *#begin(): Run<void> {
    const actor = this.#boot;
    const { current, stage } = actor;
    for (const [cpu, own] of this.#stages.entries()) {
      own.mm = yield* mmAlloc(current);
      yield* this.#play.populate({ current, stage: own, cpu });
    }
    for (const gpu of stage.gpus) {
      const { mm } = this.#stages[gpu.index % this.#stages.length];
      const vm = yield* stage.driver.open(current, gpu, mm);
      stage.vms[gpu.index] = vm;
      for (const { first, pages } of this.#play.targets) {
        yield* stage.driver.bind(current, vm, addressOf(first), addressOf(first + pages));
      }
    }
    if (this.#play.prepare !== undefined) yield* this.#play.prepare(actor);
    yield* this.#switchOff();
  }

  *#end(): Run<void> {
    const actor = this.#boot;
    const { current, stage } = actor;
    yield* stage.notifiers.removeAll(actor);
    for (const { mm } of this.#stages) {
      const hasExited = current.words[mm + MmStruct.mmUsers] === 0;
      if (!hasExited) yield* mmput(current, mm);
    }
    for (const vm of stage.vms) yield* stage.driver.close(current, vm);
    while (yield* srcuRunCallbacks(current)) {
      /* until the queue is empty */
    }
    yield* this.#switchOff();
  }

  *#switchOff(): Run<void> {
    for (const gpu of this.#boot.stage.gpus) yield* stopGpu(this.#boot.current, gpu);
  }
}
