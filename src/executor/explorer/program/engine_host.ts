import { RELEASE, stepOf, type Run } from "../../../machine/step.ts";
import type { Engine } from "../engine/engine.ts";
import { Thread, type Body, type ProgramHost } from "./thread.ts";
import { lifeWord } from "./words.ts";

/** One execution of a program in an engine. */
export class EngineHost implements ProgramHost {
  readonly words: Int32Array;
  readonly nowUs: () => number;
  /** By thread: what it runs. */
  readonly bodies: Body[] = [];
  readonly #engine: Engine;

  constructor(engine: Engine) {
    this.#engine = engine;
    this.words = engine.words;
    this.nowUs = () => engine.nowUs;
  }

  threads(): number {
    return this.#engine.threads.length;
  }

  launch(name: string, body: Body): Thread {
    const thread = new Thread(this, this.threads(), name);
    this.words[lifeWord(thread.number)] = 0;
    this.bodies.push(body);
    this.#engine.spawn(thread.task, this.#life(thread, body));
    return thread;
  }

  /** A thread that nobody joins. */
  root(name: string, body: Body): void {
    const thread = new Thread(this, this.threads(), name);
    this.bodies.push(body);
    this.#engine.spawn(thread.task, body(thread));
  }

  *#life(thread: Thread, body: Body): Run<void> {
    yield* body(thread);
    yield stepOf(RELEASE, lifeWord(thread.number));
    Atomics.store(this.words, lifeWord(thread.number), 1);
  }
}
