import { stepOf, WRITE_ONCE, type Run } from "../../../machine/step.ts";
import { AWAIT } from "../engine/await.ts";
import { Task } from "../../../machine/task.ts";
import { Tracer } from "../../../machine/tracer.ts";
import { AssertionFailed } from "../engine/run.ts";
import { lifeWord } from "./words.ts";

/** What a thread does. */
export type Body = (thread: Thread) => Run<void>;

/** Where a program runs: an engine, or a real thread. */
export interface ProgramHost {
  readonly words: Int32Array;
  readonly nowUs: () => number;
  /** Threads so far: the number of the next one. */
  threads(): number;
  launch(name: string, body: Body): Thread;
}

/** One thread of a program. */
export class Thread {
  readonly name: string;
  /** Main is 0; others in the order of their spawning. */
  readonly number: number;
  readonly task: Task;
  readonly #host: ProgramHost;

  constructor(host: ProgramHost, number: number, name: string) {
    this.#host = host;
    this.name = name;
    this.number = number;
    const { words, nowUs } = host;
    this.task = new Task({ id: taskId(number), name, words, tracer: new Tracer(), interleaved: true, nowUs });
  }

  /** Start a thread: one step, after which it can run. */
  *spawn(name: string, body: Body): Run<Thread> {
    yield stepOf(WRITE_ONCE, lifeWord(this.#host.threads()));
    return this.#host.launch(name, body);
  }

  /** Wait for its end: a step that cannot be taken before. */
  *join(other: Thread): Run<void> {
    this.task.expected = 1;
    this.task.mask = -1;
    yield stepOf(AWAIT, lifeWord(other.number));
  }

  /** @throws AssertionFailed, which ends the execution */
  assert(condition: boolean, message: string): void {
    assert(condition, message);
  }
}

/** For checks at the end of a program. @throws AssertionFailed */
export function assert(condition: boolean, message: string): void {
  if (!condition) throw new AssertionFailed(message);
}

/** Id of the task of thread `number`; 0 is nobody's. */
export function taskId(number: number): number {
  return number + 1;
}
