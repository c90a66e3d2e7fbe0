import { DEFAULT_COSTS, type StepCosts } from "../../../src/executor/simulator/costs.ts";
import { Simulator } from "../../../src/executor/simulator/simulator.ts";
import { classesOf } from "../../../src/executor/simulator/word_class.ts";
import { Mutex } from "../../../src/kernel/locking/mutex.ts";
import { Spinlock } from "../../../src/kernel/locking/spinlock.ts";
import { futexWait } from "../../../src/machine/futex.ts";
import { Layout } from "../../../src/machine/layout.ts";
import type { Run } from "../../../src/machine/step.ts";
import { array, element, struct, Word } from "../../../src/machine/struct.ts";
import { Task } from "../../../src/machine/task.ts";
import { Tracer } from "../../../src/machine/tracer.ts";

/** Each access costs 1, a foreign line 10 more: figures that can be added up in one's head. */
export const COSTS: StepCosts = {
  ...DEFAULT_COSTS,
  accessNs: 1,
  atomicNs: 1,
  lineTransferNs: 10,
  handOverNs: 100,
  spinNs: 50,
  wakeUpNs: 1000,
  wakerNs: 5,
  interruptNs: 300,
  interruptEntryNs: 20,
  sliceNs: 1e9,
  deviceStepNs: 1,
  deviceMemoryNs: 1,
  deviceWakeUpNs: 7,
};
/** A line each, with the first before them. */
const Line = struct("line", { of: array(Word, 16) });

/** A simulator with a few cache lines and locks, and no kernel. */
export class Rig {
  readonly layout = new Layout();
  readonly lines = this.layout.place(Line, "line", 8);
  readonly mutex = this.layout.place(Mutex, "mutex");
  readonly spinlock = this.layout.place(Spinlock, "spinlock");
  readonly simulator: Simulator;
  readonly #words: Int32Array;
  #tasks = 0;

  constructor(cpus: number, costs: Partial<StepCosts> = {}, seed = 1) {
    this.#words = new Int32Array(this.layout.words);
    this.simulator = new Simulator(this.#words, classesOf(this.layout), { ...COSTS, ...costs }, cpus, seed);
  }

  task(name: string): Task {
    return new Task({
      id: ++this.#tasks,
      name,
      words: this.#words,
      tracer: new Tracer(),
      interleaved: true,
      nowUs: () => this.simulator.nowNs / 1000,
    });
  }

  word(line: number) {
    return element(this.lines, Line.of, Word, line * 16);
  }

  onCpu(cpu: number, body: (task: Task) => Run<unknown>): void {
    const task = this.task(`task${this.#tasks}`);
    this.simulator.spawnOnCpu(cpu, task, body(task));
  }

  /** An endless interrupt handler on a CPU: `handle` each time that word `line` is woken. */
  onInterrupt(cpu: number, line: number, handle: (task: Task) => Run<unknown>): void {
    const task = this.task("irq");
    const word = this.word(line);
    this.simulator.spawnInterrupt(
      cpu,
      task,
      (function* () {
        for (;;) {
          yield* futexWait(task, word, Word.value, 0);
          yield* handle(task);
        }
      })(),
    );
  }

  onDevice(body: (task: Task) => Run<unknown>): void {
    const task = this.task("device");
    this.simulator.spawnDevice(task, body(task));
  }

  /** Virtual time when all have ended. */
  run(): number {
    if (!this.simulator.run(1e12)) throw new Error("not all have ended");
    return this.simulator.nowNs;
  }
}

export function* times(count: number, body: () => Run<unknown>): Run<void> {
  for (let i = 0; i < count; i++) yield* body();
}
