import { addrOf } from "../../../machine/step.ts";
import { hasAddress } from "../engine/dependence.ts";
import { Engine } from "../engine/engine.ts";
import type { EngineView, ThreadView } from "../engine/view.ts";
import { Recording } from "../engine/recording.ts";
import { Rng } from "../engine/rng.ts";
import { runOnce } from "../engine/run.ts";
import type { Subject } from "../engine/subject.ts";
import { RandomWalk } from "./random.ts";

/** Random executions from which a profile is made. */
const RUNS = 5;

/** What is known of a subject before it is explored: measured, hence exact only for programs that always do the same. */
export interface Profile {
  /** Threads of an execution. */
  readonly threads: number;
  /** Steps at which there was somebody to choose from: PCT's k. */
  readonly choices: number;
  /** Steps of each task, and of those that it spawned by the first step of its own. */
  readonly tasks: ReadonlyMap<string, TaskProfile>;
  /** Words that several tasks accessed, in an order that is not always the same. */
  readonly shared: readonly SharedWord[];
}

export interface TaskProfile {
  readonly steps: number;
  /** Name of the task that spawned it; null if it is there from the start. */
  readonly parent: string | null;
}

export interface SharedWord {
  readonly addr: number;
  /** Accesses in all. */
  readonly accesses: number;
  readonly byTask: ReadonlyMap<string, number>;
}

/** Run the subject a few times at random and count; the most of each. */
export function profileOf(subject: Subject, seed: number): Profile {
  const engine = new Engine(subject.words, { image: subject.image });
  const recording = new Recording();
  const strategy = new CountingWalk(seed);
  const tasks = new Map<string, TaskProfile>();
  const words = new Map<number, Map<string, number>>();
  let threads = 1;
  for (let run = 0; run < RUNS; run++) {
    strategy.begin(run);
    runOnce(engine, subject, strategy, recording, new Rng(seed, run));
    threads = Math.max(threads, engine.threads.length);
    for (const {
      task: { name },
      steps,
      parent,
    } of engine.threads) {
      tasks.set(name, { steps: Math.max(steps, tasks.get(name)?.steps ?? 0), parent: parent?.task.name ?? null });
    }
    countAccesses(engine, recording, words);
  }
  const shared = [...words]
    .filter(([addr, byTask]) => byTask.size > 1 && subject.isOrdered?.(addr) !== true)
    .map(([addr, byTask]) => ({ addr, byTask, accesses: sum(byTask.values()) }));
  return { threads, choices: Math.max(1, strategy.choices), tasks, shared };
}

function countAccesses(engine: EngineView, recording: Recording, words: Map<number, Map<string, number>>): void {
  const now = new Map<number, Map<string, number>>();
  for (let i = 0; i < recording.length; i++) {
    if (!hasAddress(recording.step[i])) continue;
    const addr = addrOf(recording.step[i]);
    const { name } = engine.threads[recording.thread[i]].task;
    const byTask = now.get(addr) ?? new Map<string, number>();
    byTask.set(name, (byTask.get(name) ?? 0) + 1);
    now.set(addr, byTask);
  }
  for (const [addr, byTask] of now) {
    const most = words.get(addr) ?? new Map<string, number>();
    for (const [name, count] of byTask) most.set(name, Math.max(count, most.get(name) ?? 0));
    words.set(addr, most);
  }
}

function sum(numbers: Iterable<number>): number {
  let total = 0;
  for (const number of numbers) total += number;
  return total;
}

/** A random walk that counts the steps at which there is a choice; the most of any execution. */
class CountingWalk extends RandomWalk {
  choices = 0;
  #now = 0;

  override begin(index: number): boolean {
    this.#now = 0;
    return super.begin(index);
  }

  override pick(engine: EngineView): ThreadView {
    if (engine.enabled.length > 1) this.choices = Math.max(this.choices, ++this.#now);
    return super.pick(engine);
  }
}
