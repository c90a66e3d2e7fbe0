import { Engine } from "../executor/explorer/engine/engine.ts";
import { Current } from "../kernel/current.ts";
import { Kernel } from "../kernel/kernel.ts";
import { MmStruct } from "../kernel/mm/mm_struct.ts";
import { mmAlloc } from "../kernel/mm/mm_alloc.ts";
import { MmuIntervalNotifier, MmuIntervalNotifierFinish, MmuNotifier } from "../kernel/mmu_notifier/structs.ts";
import { Layout } from "../machine/layout.ts";
import { machineEvents } from "../machine/tracepoints.ts";
import type { Run } from "../machine/step.ts";
import { struct, u32, type Ptr } from "../machine/struct.ts";
import { Tracer } from "../machine/tracer.ts";
import type { Trace } from "./trace.ts";

/** Where a task waits that is parked in a callback. */
export const Park = struct("park", { go: u32 });

/**
 * The machine that one trace is replayed on: our kernel, the trace's notifiers and its tasks, all under one engine that
 * runs them one after the other.
 */
export class Machine {
  readonly layout = new Layout();
  readonly kernel: Kernel;
  readonly words: Int32Array;
  readonly tracer = new Tracer();
  readonly engine: Engine;
  readonly mms: readonly Ptr<"mm_struct">[];
  /** Address spaces whose structure has been freed. */
  readonly freed = new Set<Ptr<"mm_struct">>();
  readonly #intervals: Ptr<"mmu_interval_notifier">;
  readonly #finishes: Ptr<"mmu_interval_notifier_finish">;
  readonly #poolSize: number;
  readonly #notifiers: Ptr<"mmu_notifier">;
  readonly #parks: Ptr<"park">;
  readonly #currents: Current[];

  constructor(trace: Trace) {
    const { layout } = this;
    const hlistIds = trace.s.map((step) => step.h);
    this.#poolSize = Math.max(1, ...trace.N.map(([, pool = 0]) => pool));
    this.kernel = new Kernel(layout, {
      frames: trace.m + 1,
      writers: 1,
      tasks: trace.t + 1,
      cpus: trace.t + 1,
      mms: trace.m,
      vmas: 1,
      swapSlots: 1,
    });
    this.#intervals = layout.place(MmuIntervalNotifier, "sub", trace.N.length + 1);
    this.#finishes = layout.place(MmuIntervalNotifierFinish, "finish", (trace.N.length + 1) * this.#poolSize);
    this.#notifiers = layout.place(MmuNotifier, "notifier", Math.max(0, ...hlistIds) + 1);
    this.#parks = layout.place(Park, "park", trace.t);
    this.words = new Int32Array(layout.words); // not shared: one thread, and far cheaper to make
    this.engine = new Engine(this.words);
    this.kernel.powerOn(this.words);
    this.#currents = Array.from({ length: trace.t + 1 }, (_, index) => this.#newCurrent(index));
    this.mms = Array.from({ length: trace.m }, () => this.atOnce((current) => mmAlloc(current)));
    this.tracer.on("book", machineEvents.kmemFree, (_, cache, object) => {
      if (cache === this.kernel.mm.mmStructs.cache) this.freed.add(object as Ptr<"mm_struct">);
    });
  }

  /** Task `task` of the trace; one more, the last, is the harness itself. */
  current(task: number): Current {
    return this.#currents[task];
  }

  /** Interval notifier `id`, from 1. */
  interval(id: number): Ptr<"mmu_interval_notifier"> {
    return (this.#intervals + id * MmuIntervalNotifier.words) as Ptr<"mmu_interval_notifier">;
  }

  intervalId(sub: Ptr<"mmu_interval_notifier">): number {
    return (sub - this.#intervals) / MmuIntervalNotifier.words;
  }

  /** Finish object `number`, from 0, of the pool of interval notifier `id`. */
  finish(id: number, number: number): Ptr<"mmu_interval_notifier_finish"> {
    const index = id * this.#poolSize + number;
    return (this.#finishes + index * MmuIntervalNotifierFinish.words) as Ptr<"mmu_interval_notifier_finish">;
  }

  /** Its notifier's id and its number. */
  finishIds(finish: Ptr<"mmu_interval_notifier_finish">): { id: number; number: number } {
    const index = (finish - this.#finishes) / MmuIntervalNotifierFinish.words;
    return { id: Math.floor(index / this.#poolSize), number: index % this.#poolSize };
  }

  /** Classic notifier `id`, from 1. */
  notifier(id: number): Ptr<"mmu_notifier"> {
    return (this.#notifiers + id * MmuNotifier.words) as Ptr<"mmu_notifier">;
  }

  notifierId(subscription: Ptr<"mmu_notifier">): number {
    return (subscription - this.#notifiers) / MmuNotifier.words;
  }

  park(task: number): Ptr<"park"> {
    return (this.#parks + task * Park.words) as Ptr<"park">;
  }

  /** The subscriptions of an address space, NULL if it has none (any more). */
  subscriptions(mm: Ptr<"mm_struct">): Ptr<"mmu_notifier_subscriptions"> {
    if (this.freed.has(mm)) return 0 as Ptr<"mmu_notifier_subscriptions">;
    return this.words[mm + MmStruct.notifierSubscriptions] as Ptr<"mmu_notifier_subscriptions">;
  }

  /** Let the harness do something of its own, which must not block. */
  atOnce<T>(body: (current: Current) => Run<T>): T {
    const harness = this.#currents[this.#currents.length - 1];
    const thread = this.engine.spawn(harness, body(harness));
    this.engine.runAlone(thread);
    this.engine.threads.pop();
    if (thread.state !== "done") throw new Error(`the harness blocks at ${this.layout.nameOf(thread.addr)}`);
    return thread.result as T;
  }

  #newCurrent(task: number): Current {
    return new Current(this.kernel, {
      id: task + 1,
      name: `task${task}`,
      words: this.words,
      tracer: this.tracer,
      interleaved: true, // so that a task woken by another's step does not run on inside that step
      nowUs: () => this.engine.nowUs,
    });
  }
}
