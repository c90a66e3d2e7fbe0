import type { Thread } from "../executor/explorer/engine/engine.ts";
import { writeOnce } from "../machine/access.ts";
import { ToolError } from "../machine/tool_error.ts";
import { futexWake } from "../machine/futex.ts";
import type { Run } from "../machine/step.ts";
import type { Current } from "../kernel/current.ts";
import type { MmuNotifierRange } from "../kernel/mmu_notifier/types.ts";
import { kernelEvents } from "../kernel/tracepoints.ts";
import { WARN_NAMES } from "../kernel/warn.ts";
import { Callbacks, type LogEntry, type Stage } from "./callbacks.ts";
import { firstDifference, named, operationText, type Difference } from "./difference.ts";
import { Machine, Park } from "./machine.ts";
import { Recorded, type Observation } from "./observation.ts";
import { FormatError, perform, type Scene } from "./operations.ts";
import { INITIAL_VIEW, seqOf, usersOf, viewOf, type MmView } from "./state.ts";
import type { Operation, Result, Step, Trace } from "./trace.ts";

/** Replay a trace from its beginning; the first difference, or null if there is none. */
export function replay(trace: Trace): Difference | null {
  const run = new Replay(trace);
  const recorded = new Recorded(trace);
  for (const [index, step] of trace.s.entries()) {
    const expected = recorded.after(step);
    let got: Observation;
    try {
      got = run.step(step);
    } catch (error) {
      if (error instanceof FormatError)
        throw new FormatError(`${trace.n}: step ${index + 1}: ${error.message}`, { cause: error });
      if (error instanceof ToolError) throw error;
      return exception(trace, index, expected, error);
    }
    const difference = firstDifference(trace, index, expected, got);
    if (difference !== null) return difference;
  }
  const expected = JSON.stringify(trace.z);
  const got = JSON.stringify(run.unfinished());
  if (expected === got) return null;
  return { trace: trace.n, step: trace.s.length, operation: "end of the trace", field: named("z"), expected, got };
}

/** The notifier core threw something, which no kernel does. */
function exception(trace: Trace, index: number, { x }: Observation, error: unknown): Difference {
  const got = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return {
    trace: trace.n,
    step: index,
    operation: operationText(trace.s[index]),
    field: named("x"),
    expected: JSON.stringify(x),
    got,
  };
}

/** A task inside an operation. */
interface Pending {
  readonly task: number;
  readonly thread: Thread;
  readonly operation: Operation;
}

class Replay implements Stage, Scene {
  readonly trace: Trace;
  readonly machine: Machine;
  readonly callbacks: Callbacks;
  readonly ranges = new Map<number, MmuNotifierRange>();
  readonly log: LogEntry[] = [];
  readonly #warnings: string[] = [];
  #present: Step;
  #mms: MmView[];
  /** By task, in the order in which the operations last began to block. */
  readonly #pending = new Map<number, Pending>();
  readonly #inserted = new Set<number>();
  readonly #gotten = new Set<number>();

  constructor(trace: Trace) {
    this.trace = trace;
    this.#present = trace.s[0];
    this.machine = new Machine(trace);
    this.callbacks = new Callbacks(this, trace);
    this.#mms = this.machine.mms.map(() => INITIAL_VIEW);
    const { tracer } = this.machine;
    tracer.on("record", kernelEvents.warn, (_, what) => this.#warnings.push(WARN_NAMES[what]));
    tracer.on("record", kernelEvents.hlistStartFailed, (_task, _sub, _range, error, blockable) =>
      this.log.push(["I", error, blockable]),
    );
  }

  get present(): Step {
    return this.#present;
  }

  /** Do what the step says, and what it sets free; nothing else runs meanwhile. */
  step(step: Step): Observation {
    this.#present = step;
    this.log.length = 0;
    this.#warnings.length = 0;
    this.callbacks.rewind();
    const pending = step.o === "up" ? this.#unpark(step) : this.#begin(step);
    const x = this.#run(pending);
    const w = this.#runWoken();
    return { x, w, c: [...this.log], W: [...this.#warnings], ...this.#state() };
  }

  /** Tasks inside an operation, and what keeps them. */
  unfinished(): (readonly [number, Result | string])[] {
    return [...this.#pending.values()]
      .toSorted((a, b) => a.task - b.task)
      .map(({ task, thread }) => [task, this.#whereBlocked(thread)]);
  }

  rangeId(range: MmuNotifierRange): number {
    for (const [id, started] of this.ranges) {
      if (started === range) return id;
    }
    return -1;
  }

  *nested(current: Current, operation: Operation & { readonly x: number | null }): Run<void> {
    const result = yield* perform(this, current, operation);
    this.#completed(operation, result);
    if (result !== operation.x) this.log.push([`nested ${operation.o} returned`, result]);
  }

  #begin(step: Step): Pending {
    const task = step.t ?? this.trace.t; // `gp` is the harness's own
    if (this.#pending.has(task)) throw new FormatError(`task ${task} is not idle`);
    const current = this.machine.current(task);
    return { task, thread: this.machine.engine.spawn(current, perform(this, current, step)), operation: step };
  }

  #unpark(step: Step): Pending {
    const pending = this.#pending.get(step.t ?? -1);
    if (pending === undefined || this.#whereBlocked(pending.thread) !== "P")
      throw new FormatError(`task ${step.t} is not parked`);
    const park = this.machine.park(pending.task);
    this.machine.atOnce(function* (current) {
      yield* writeOnce(current, park, Park.go, 1);
      yield* futexWake(current, park, Park.go);
    });
    this.#pending.delete(pending.task); // whatever it blocks on from here on, it does so afresh
    return pending;
  }

  /** Run a task until its operation returns, blocks or parks. */
  #run(pending: Pending): Result | string {
    const { task, thread, operation } = pending;
    this.machine.engine.runAlone(thread);
    if (thread.state !== "done") {
      this.#pending.set(task, pending);
      return this.#whereBlocked(thread);
    }
    this.#pending.delete(task);
    const { threads } = this.machine.engine;
    threads.splice(threads.indexOf(thread), 1);
    this.#completed(operation, thread.result as number);
    return thread.result as number;
  }

  /** Run whoever can go on, the one first that blocked first; those that returned or parked. */
  #runWoken(): (readonly [number, Result | string])[] {
    const wentOn: (readonly [number, Result | string])[] = [];
    for (;;) {
      const woken = [...this.#pending.values()].find(({ thread }) => thread.state === "runnable");
      if (woken === undefined) return wentOn;
      const result = this.#run(woken);
      if (result === "P") {
        // from then on it blocks afresh
        this.#pending.delete(woken.task);
        this.#pending.set(woken.task, woken);
      }
      if (result !== "B" && result !== "G") wentOn.push([woken.task, result]);
    }
  }

  #whereBlocked(thread: Thread): Result | string {
    const word = this.machine.layout.nameOf(thread.addr);
    if (word.startsWith("park")) return "P";
    if (word === "srcu.wq.wakeups") return "G";
    if (/^mmu_notifier_subscriptions#\d*\.wq\.wakeups$/.test(word)) return "B";
    return `waits on ${word}`;
  }

  /** An operation has returned: who is inserted now, and whose users are counted? */
  #completed(operation: Operation, result: number): void {
    if (operation.o === "ir") this.#inserted.delete(operation.i);
    else if (operation.o === "hg" && result > 0) this.#gotten.add(result);
    else if (result === 0 && (operation.o === "ii" || operation.o === "il")) this.#inserted.add(operation.i);
    else if (operation.o === "im") for (const [id] of operation.L) this.#inserted.add(id);
  }

  #state(): Pick<Observation, "mms" | "seqs" | "users"> {
    const { machine } = this;
    for (const [letter, id] of this.log) {
      if (letter === "X") this.#gotten.delete(id as number);
    }
    this.#mms = this.#mms.map((view, index) => viewOf(machine, machine.mms[index], view));
    const seqs = Object.fromEntries([...this.#inserted].map((id) => [id, seqOf(machine, id)]));
    const users = Object.fromEntries([...this.#gotten].map((id) => [id, usersOf(machine, id)]));
    return { mms: this.#mms, seqs, users };
  }
}
