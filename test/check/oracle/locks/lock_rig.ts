import { attachLockOracles, type LockOracles } from "../../../../src/check/sanitizers.ts";
import type { Objection } from "../../../../src/check/record/objection.ts";
import { Mutex } from "../../../../src/kernel/locking/mutex.ts";
import { Rwsem } from "../../../../src/kernel/locking/rwsem.ts";
import { Spinlock } from "../../../../src/kernel/locking/spinlock.ts";
import { kernelEvents } from "../../../../src/kernel/tracepoints.ts";
import { Layout } from "../../../../src/machine/layout.ts";
import type { Run } from "../../../../src/machine/step.ts";
import { embedded, struct, u32, type Ptr } from "../../../../src/machine/struct.ts";
import { Task } from "../../../../src/machine/task.ts";
import { trace } from "../../../../src/machine/tracepoint.ts";
import { Tracer } from "../../../../src/machine/tracer.ts";

/** Something with locks in it, named as in a driver. */
const Thing = struct("thing", { mutex: Mutex, rwsem: Rwsem, spin: Spinlock });
const MmStruct = struct("mm_struct", { mmapLock: Rwsem });
const LockdepMap = struct("lockdep_map", { key: u32 });
const SrcuStruct = struct("srcu_struct", { epoch: u32 });
const Page = struct("page", { flags: u32 });

/** Two tasks that run one after the other on a few locks, watched by the oracles of locks and contexts. */
export class LockRig {
  readonly objections: Objection[] = [];
  readonly #layout = new Layout();
  readonly #things = this.#layout.place(Thing, "thing#", 2);
  readonly mmapLock: Ptr<"rwsem"> = embedded(this.#layout.place(MmStruct, "mm"), MmStruct.mmapLock);
  /** `__mmu_notifier_invalidate_range_start_map` */
  readonly map: Ptr<"lockdep_map"> = this.#layout.place(LockdepMap, "mmu_notifier_invalidate_range_start");
  readonly srcu: number = this.#layout.place(SrcuStruct, "srcu");
  /** The bit of a page that is its lock. */
  readonly pageLock: number = this.#layout.place(Page, "page") + Page.flags;
  readonly #words = new Int32Array(this.#layout.words);
  readonly #tasks: readonly Task[];
  readonly #oracles: LockOracles;

  constructor(tracer = new Tracer()) {
    this.#tasks = ["cpu0", "cpu1"].map(
      (name, i) => new Task({ id: i + 1, name, words: this.#words, tracer, interleaved: false, nowUs: () => 0 }),
    );
    this.#oracles = attachLockOracles(
      tracer,
      this.#layout,
      (objection) => this.objections.push(objection),
      (task) => `${task.name}, somewhere`,
    );
    this.begin();
  }

  /** An execution begins; the former one may have ended anywhere. */
  begin(): void {
    this.#oracles.begin();
  }

  mutex(thing = 0): Ptr<"mutex"> {
    return embedded(this.#thing(thing), Thing.mutex);
  }

  rwsem(thing = 0): Ptr<"rwsem"> {
    return embedded(this.#thing(thing), Thing.rwsem);
  }

  spin(thing = 0): Ptr<"spinlock"> {
    return embedded(this.#thing(thing), Thing.spin);
  }

  /** Let CPU `cpu` do this to its end; nobody else runs, and sleeps are over at once. */
  run(cpu: number, body: (task: Task) => Run<unknown>): void {
    const run = body(this.#tasks[cpu]);
    for (let steps = 0; run.next(0).done !== true; steps++) {
      if (steps === 1000) throw new Error("waits for a lock that nobody gives back");
    }
  }

  /** CPU `cpu` may wait for an invalidation. */
  mayWait(task: Task): void {
    this.passThrough(task, this.map);
  }

  /** Take a lock, or what stands for one, and give it back. */
  passThrough(task: Task, lock: number): void {
    trace(task, kernelEvents.lockAcquired, lock, 1, 0);
    trace(task, kernelEvents.lockRelease, lock, 1);
  }

  /** One invalidation with one callback. */
  *invalidate(task: Task, isBlockable: boolean, callback: () => Run<void>): Run<void> {
    trace(task, kernelEvents.invalidateRangeStart, 0, 0, 0, 0, isBlockable ? 1 : 0, 1);
    trace(task, kernelEvents.lockAcquired, this.map, 1, 0);
    trace(task, kernelEvents.invalidateCall, 0, 1, 0, 0);
    yield* callback();
    trace(task, kernelEvents.invalidateCalled, 0, 1, 0, 0, 0);
    trace(task, kernelEvents.lockRelease, this.map, 1);
  }

  /** `kind rule: message` of each objection. */
  said(): string[] {
    return this.objections.map(({ kind, rule, message }) => `${kind} ${rule}: ${message}`);
  }

  #thing(index: number): Ptr<"thing"> {
    return (this.#things + index * Thing.words) as Ptr<"thing">;
  }
}
