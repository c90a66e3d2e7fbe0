import type { EngineView, ThreadView } from "../../executor/explorer/engine/view.ts";
import { GIVE_UP, type Strategy } from "../../executor/explorer/engine/strategy.ts";
import { StrategyDecorator } from "../../executor/explorer/engine/strategy_decorator.ts";
import { addrOf } from "../../machine/step.ts";
import type { Tracer } from "../../machine/tracer.ts";
import type { Hit } from "../../trace/event.ts";
import type { SeenStep } from "./step_text.ts";

/** A step and the tracepoints that its task hit in it, or since its last one. */
export interface Observation extends SeenStep {
  readonly hits: readonly Hit[];
}

/** Lets another strategy decide, and writes down what happens. */
export class StoryObserver extends StrategyDecorator {
  readonly observations: Observation[] = [];
  protected readonly inner: Strategy;
  /** By task: hits that are not yet told of. A wake-up lets its thread hit some before it takes a step. */
  readonly #hits = new Map<string, Hit[]>();
  #before = 0;

  /** @param tracer is listened to from now on */
  constructor(inner: Strategy, tracer: Tracer) {
    super();
    this.inner = inner;
    tracer.onAll("record", (id, { name }, ...values) => {
      const hits = this.#hits.get(name);
      if (hits === undefined) this.#hits.set(name, [{ id, values }]);
      else hits.push({ id, values });
    });
  }

  override begin(index: number): boolean {
    this.observations.length = 0;
    this.#hits.clear();
    return super.begin(index);
  }

  override pick(engine: EngineView): ThreadView | typeof GIVE_UP {
    const thread = super.pick(engine);
    if (thread !== GIVE_UP) this.#before = engine.words[addrOf(thread.next)];
    return thread;
  }

  override stepped(engine: EngineView): void {
    super.stepped(engine);
    this.note(engine);
  }

  /** Write down the engine's last step; of one that threw, whoever ran it has to see to that. */
  note({ lastThread, lastStep, lastWrote, lastAnswer, words }: EngineView): void {
    const task = lastThread!.task.name;
    const hits = this.#hits.get(task) ?? [];
    this.#hits.delete(task);
    this.observations.push({
      task,
      step: lastStep,
      wrote: lastWrote,
      answered: lastAnswer !== 0,
      before: this.#before,
      after: words[addrOf(lastStep)],
      hits,
    });
  }
}
