import { unsafeUniformIntDistribution } from "pure-rand/distribution/UnsafeUniformIntDistribution";
import { xoroshiro128plus } from "pure-rand/generator/XoroShiro";
import { sendCommand, type Command } from "../../src/device/command_ring.ts";
import { interruptLoop } from "../../src/device/completion_ring.ts";
import { DEFAULT_GPU_CONFIG, type GpuConfig } from "../../src/device/config.ts";
import { contextLoop, type Access, type Program } from "../../src/device/context.ts";
import { engineLoop } from "../../src/device/engine.ts";
import { CMD_PREEMPT, CMD_RESUME, CMD_TLB_INVAL_RANGE, FaultLine, Gpu, GpuVm } from "../../src/device/gpu.ts";
import { stopGpu } from "../../src/device/stop.ts";
import type { Engine } from "../../src/executor/explorer/engine/engine.ts";
import { randomWalk } from "../../src/executor/explorer/engine/random_walk.ts";
import { fetchAdd, readOnce } from "../../src/machine/access.ts";
import { ACCESS_READ, ACCESS_WRITE } from "../../src/machine/access_kind.ts";
import { futexWait, futexWake, sleepUntil } from "../../src/machine/futex.ts";
import { Layout } from "../../src/machine/layout.ts";
import { PhysicalMemory } from "../../src/machine/physical.ts";
import { mkPte, PAGE_SIZE, PTE_PRESENT, PTE_WRITE, tableIndex } from "../../src/machine/pte.ts";
import { addrOf, FUTEX_WAIT, kindOf, type Run } from "../../src/machine/step.ts";
import { Word, type Ptr } from "../../src/machine/struct.ts";
import { Task } from "../../src/machine/task.ts";
import { Tracer } from "../../src/machine/tracer.ts";

export const ASID = 5;
export const VA = 0x7f00_0000_0000;
export const READ_WRITE = PTE_PRESENT | PTE_WRITE;
/** Frames from here on are for data. */
export const DATA = 16;
const FRAMES = 64;
const ROOT = 1;

/** GPUs, an address space with all upper tables in place around {@link VA}, and a clock: what a test plays on. */
export class Machine {
  readonly layout = new Layout();
  readonly physical: PhysicalMemory;
  readonly gpus: readonly Gpu[];
  readonly vm: Ptr<"gpu_vm">;
  readonly faultLine: Ptr<"fault_line">;
  readonly words: Int32Array;
  readonly tracer = new Tracer();
  /** Seqnos in the order in which the interrupt handler got them, and when (microseconds). */
  readonly answers: { seqno: number; atUs: number }[] = [];
  /** CMD_* of the requests that were answered, in the same order. */
  readonly answeredOps: number[] = [];
  /** Called before each step of the GPU's tasks. */
  onStep: () => void = () => {};
  /**
   * How often a task of the GPU is held back before a step until nobody else can run, in percent: a walk in which all have the
   * same chance hardly ever lets one task oversleep all that the others do between a request and what follows its answer.
   */
  stallPercent = 0;
  /** Time that the interrupt handler takes. */
  handlerUs = 0;
  readonly #answerCount: Ptr<"word">;
  #engine: Engine | null = null;
  #tasks = 0;

  constructor(config: Partial<GpuConfig> = {}, gpus = 1) {
    const { layout } = this;
    this.physical = new PhysicalMemory(layout, FRAMES, 4);
    this.faultLine = layout.place(FaultLine, "fault_line");
    const full = { ...DEFAULT_GPU_CONFIG, tlbLatencyUs: 0, preemptLatencyUs: 0, contexts: 1, ...config };
    this.gpus = Array.from({ length: gpus }, (_, i) => new Gpu(layout, this.physical, i, 1 + i, full, this.faultLine));
    this.vm = layout.place(GpuVm, "vm");
    this.#answerCount = layout.place(Word, "answers");
    this.words = new Int32Array(new SharedArrayBuffer(layout.words * 4));
    this.words[this.vm + GpuVm.root] = ROOT;
    this.words[this.vm + GpuVm.asid] = ASID;
    for (let level = 3; level > 0; level--) {
      this.words[this.physical.entry(ROOT + 3 - level, tableIndex(VA, level))] = mkPte(ROOT + 4 - level, PTE_PRESENT);
    }
  }

  get gpu(): Gpu {
    return this.gpus[0];
  }

  /** Virtual time of the walk that {@link play} runs. */
  nowUs(): number {
    return this.#engine?.nowUs ?? 0;
  }

  /** Let virtual time pass though somebody could run; a step. */
  *tick(task: Task, us: number): Run<void> {
    yield* readOnce(task, this.#answerCount, Word.value);
    if (this.#engine !== null) this.#engine.nowUs += us;
  }

  task(name: string, interleaved = true): Task {
    const { words, tracer } = this;
    return new Task({ id: ++this.#tasks, name, words, tracer, interleaved, nowUs: () => this.nowUs() });
  }

  /** Page-table word of page number `page` after {@link VA}. */
  pteAddr(page: number): Ptr<"word"> {
    return this.physical.entry(ROOT + 3, tableIndex(VA, 0) + page);
  }

  map(page: number, pfn: number, flags = READ_WRITE): void {
    this.words[this.pteAddr(page)] = mkPte(pfn, flags);
  }

  /**
   * A random walk of the first GPU with `programs` in its contexts and of processors that run `cpus`. The GPU is stopped
   * when all processors are done, and must then come to its end. Its tasks may sleep on words of its own only.
   */
  play(seed: number, programs: readonly Program[], ...cpus: ((task: Task) => Run<unknown>)[]): void {
    const { gpu } = this;
    let running = cpus.length;
    const rng = xoroshiro128plus(seed);
    const stalls = () => this.stallPercent > 0 && unsafeUniformIntDistribution(1, 100, rng) <= this.stallPercent;
    const cpu = function* (task: Task, body: (task: Task) => Run<unknown>): Run<void> {
      yield* body(task);
      if (--running === 0) yield* stopGpu(task, gpu);
    };
    randomWalk({
      words: this.words,
      seed,
      spawn: (engine) => {
        this.#engine = engine;
        const unit = (name: string, body: (task: Task) => Run<void>) => {
          const task = this.task(name);
          engine.spawn(task, this.#watched(gpu, task, body(task), stalls));
        };
        unit("engine", (task) => engineLoop(task, gpu));
        unit("irq", (task) => interruptLoop(task, gpu, (seqno, op) => this.#answered(task, seqno, op)));
        for (const [i, program] of programs.entries()) unit(`context${i}`, (task) => contextLoop(task, gpu, i, program));
        for (const [i, body] of cpus.entries()) {
          const task = this.task(`cpu${i}`);
          engine.spawn(task, cpu(task, body));
        }
      },
    });
  }

  /** Nobody would wake a GPU that sleeps on a word of somebody else. */
  *#watched(gpu: Gpu, task: Task, body: Run<void>, stalls: () => boolean): Run<void> {
    let answer = 0;
    for (;;) {
      const { done, value: step } = body.next(answer);
      if (done === true) return;
      const addr = addrOf(step);
      if (kindOf(step) === FUTEX_WAIT && (addr < gpu.base || addr >= gpu.end))
        throw new Error(`${gpu.name} sleeps on word ${addr}`);
      if (stalls()) {
        const { deadlineUs } = task;
        yield* sleepUntil(task, this.nowUs() + 1);
        task.deadlineUs = deadlineUs; // it belongs to the step that follows
      }
      this.onStep();
      answer = yield step;
    }
  }

  *#answered(task: Task, seqno: number, op: number): Run<void> {
    this.answeredOps.push(op);
    this.answers.push({ seqno, atUs: this.nowUs() });
    if (this.handlerUs > 0) yield* sleepUntil(task, this.nowUs() + this.handlerUs);
    yield* fetchAdd(task, this.#answerCount, Word.value, 1);
    yield* futexWake(task, this.#answerCount, Word.value);
  }

  /** Sleep until the handler got an answer to `seqno`; false if `deadlineUs` passed first. */
  *awaitAnswer(task: Task, seqno: number, deadlineUs = Infinity): Run<boolean> {
    for (;;) {
      const count = yield* readOnce(task, this.#answerCount, Word.value);
      if (this.answers.some((answer) => answer.seqno === seqno)) return true;
      if (this.nowUs() >= deadlineUs) return false;
      yield* futexWait(task, this.#answerCount, Word.value, count, deadlineUs);
    }
  }

  /** Send, and wait for the answer. */
  *request(task: Task, command: Command): Run<void> {
    if (!(yield* sendCommand(task, this.gpu, command))) throw new Error("the ring is full");
    yield* this.awaitAnswer(task, command.seqno);
  }

  write(page: number, value: number): Access {
    return { vm: this.vm, va: pageVa(page), kind: ACCESS_WRITE, value };
  }

  read(page: number): Access {
    return { vm: this.vm, va: pageVa(page), kind: ACCESS_READ, value: 0 };
  }
}

/** First byte of page number `page` after {@link VA}. */
export function pageVa(page: number): number {
  return VA + page * PAGE_SIZE;
}

/** A program that does `accesses` one after the other and then has nothing to do. */
export function listed(accesses: readonly Access[]): Program {
  let next = 0;
  return () => (next < accesses.length ? accesses[next++] : null);
}

export function inval(seqno: number, page: number, pages = 1): Command {
  return { op: CMD_TLB_INVAL_RANGE, seqno, asid: ASID, start: pageVa(page), end: pageVa(page + pages) };
}

export function preempt(seqno: number, context: number): Command {
  return { op: CMD_PREEMPT, seqno, asid: 0, start: context, end: 0 };
}

export function resume(seqno: number, context: number): Command {
  return { op: CMD_RESUME, seqno, asid: 0, start: context, end: 0 };
}

export const SEEDS = Array.from({ length: 200 }, (_, seed) => seed);

/** Let protocol code run without interruption. */
export function runAlone<T>(body: Run<T>): T {
  for (;;) {
    const { done, value } = body.next(0);
    if (done === true) return value;
  }
}
