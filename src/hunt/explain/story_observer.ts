import type { Engine, Thread } from "../../executor/explorer/engine/engine.ts";
import type { Strategy } from "../../executor/explorer/engine/strategy.ts";
import { addrOf } from "../../machine/step.ts";
import type { Tracer } from "../../machine/tracepoint.ts";
import type { Hit } from "../../trace/event.ts";
import type { SeenStep } from "./step_text.ts";

/** A step and the tracepoints that its task hit in it, or since its last one. */
export interface Observation extends SeenStep {
  readonly hits: readonly Hit[];
}

/** Lets another strategy decide, and writes down what happens. */
export class StoryObserver implements Strategy {
  readonly name: string;
  readonly observations: Observation[] = [];
  readonly #inner: Strategy;
  /** By task: hits that are not yet told of. A wake-up lets its thread hit some before it takes a step. */
  readonly #hits = new Map<string, Hit[]>();
  #before = 0;

  /** @param tracer is listened to from now on */
  constructor(inner: Strategy, tracer: Tracer) {
    this.name = inner.name;
    this.#inner = inner;
    tracer.onAll((id, { name }, ...values) => {
      const hits = this.#hits.get(name);
      if (hits === undefined) this.#hits.set(name, [{ id, values }]);
      else hits.push({ id, values });
    });
  }

  begin(index: number): boolean {
    this.observations.length = 0;
    this.#hits.clear();
    return this.#inner.begin(index);
  }

  pick(engine: Engine): Thread {
    const thread = this.#inner.pick(engine);
    this.#before = engine.words[addrOf(thread.next)];
    return thread;
  }

  choose(percent: number, thread: Thread): boolean {
    return this.#inner.choose(percent, thread);
  }

  stepped(engine: Engine): void {
    this.#inner.stepped?.(engine);
    this.note(engine);
  }

  timePassed(engine: Engine): void {
    this.#inner.timePassed?.(engine);
  }

  /** Write down the engine's last step; of one that threw, whoever ran it has to see to that. */
  note({ lastThread, lastStep, lastWrote, lastAnswer, words }: Engine): void {
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
