import { fetchAdd, loadAcquire, read, readOnce, storeRelease, write, xchg } from "../machine/access.ts";
import type { Layout } from "../machine/layout.ts";
import type { Run } from "../machine/step.ts";
import { embedded, NULL, struct, u32, type Ptr } from "../machine/struct.ts";
import { trace } from "../machine/tracepoint.ts";
import type { Current } from "./current.ts";
import type { KernelConfig } from "./kernel.ts";
import { Mutex, mutexLock, mutexTryLock, mutexUnlock } from "./locking/mutex.ts";
import { Spinlock, spinLock, spinUnlock } from "./locking/spinlock.ts";
import { kernelEvents } from "./tracepoints.ts";
import { waitEvent, WaitQueue, wakeUpAll } from "./locking/wait_queue.ts";

/**
 * Sleepable RCU, one domain for the whole machine (RULES 40). Time is counted in epochs. A reader leaves in its slot the
 * epoch in which it entered; a grace period begins a new epoch and is over when no slot holds an older one. So it waits
 * for exactly the readers inside at its beginning, not for later ones.
 */
const SrcuStruct = struct("srcu_struct", {
  /** Now; never 0. */
  epoch: u32,
  /** Tasks that wait for readers: without any, a reader need not wake. */
  waiters: u32,
  wq: WaitQueue,
  /** Guards the queue of callbacks. */
  lock: Spinlock,
  firstCallback: u32,
  lastCallback: u32,
  /** Held while callbacks run: so who takes it knows that none is under way. */
  running: Mutex,
});

const SrcuReader = struct("srcu_reader", {
  /** In which the task entered its outermost read section; 0 outside. */
  epoch: u32,
  /** Sections entered; only the task itself looks at it. */
  nesting: u32,
});

/** Embedded in what is freed after a grace period: the kernel's `rcu_head`. */
export const SrcuHead = struct("srcu_head", { next: u32, epoch: u32, func: u32 });

export type SrcuCallback = (current: Current, head: Ptr<"srcu_head">) => Run<void>;

export class SrcuState {
  readonly srcu: Ptr<"srcu_struct">;
  readonly #readers: Ptr<"srcu_reader">;
  readonly #tasks: number;
  readonly #callbacks: SrcuCallback[] = [];

  constructor(layout: Layout, config: KernelConfig) {
    this.#tasks = config.tasks;
    this.srcu = layout.place(SrcuStruct, "srcu");
    this.#readers = layout.place(SrcuReader, "srcu_reader", config.tasks + 1);
  }

  powerOn(words: Int32Array): void {
    words[this.srcu + SrcuStruct.epoch] = 1;
  }

  /** Give a function a number, which is what a pointer to it looks like in shared memory; on all threads in the same order. */
  registerCallback(callback: SrcuCallback): number {
    return this.#callbacks.push(callback);
  }

  callback(number: number): SrcuCallback {
    return this.#callbacks[number - 1];
  }

  reader(taskId: number): Ptr<"srcu_reader"> {
    return (this.#readers + taskId * SrcuReader.words) as Ptr<"srcu_reader">;
  }

  readers(): Ptr<"srcu_reader">[] {
    return Array.from({ length: this.#tasks }, (_, index) => this.reader(index + 1));
  }
}

export function* srcuReadLock(current: Current): Run<void> {
  const { srcu } = current.kernel.srcu;
  const reader = current.kernel.srcu.reader(current.id);
  const nesting = yield* read(current, reader, SrcuReader.nesting);
  yield* write(current, reader, SrcuReader.nesting, nesting + 1);
  if (nesting > 0) return;
  // Between these two a grace period may begin and overlook us: then what it waits to free was unlinked before we look.
  const epoch = yield* readOnce(current, srcu, SrcuStruct.epoch);
  yield* xchg(current, reader, SrcuReader.epoch, epoch); // a full barrier: said before the reader looks at anything
  trace(current, kernelEvents.lockAcquired, srcu, 1, 1);
}

export function* srcuReadUnlock(current: Current): Run<void> {
  const { srcu } = current.kernel.srcu;
  const reader = current.kernel.srcu.reader(current.id);
  const nesting = yield* read(current, reader, SrcuReader.nesting);
  yield* write(current, reader, SrcuReader.nesting, nesting - 1);
  if (nesting > 1) return;
  trace(current, kernelEvents.lockRelease, srcu, 1);
  yield* storeRelease(current, reader, SrcuReader.epoch, 0); // a grace period covers what the reader did
  if ((yield* readOnce(current, srcu, SrcuStruct.waiters)) > 0) yield* wakeUpAll(current, embedded(srcu, SrcuStruct.wq));
}

/**
 * `synchronize_srcu()`: wait until every reader that is inside now has left, then run the callbacks that were queued
 * before, so that on return they have run.
 */
export function* synchronizeSrcu(current: Current): Run<void> {
  const { srcu } = current.kernel.srcu;
  trace(current, kernelEvents.lockAcquired, srcu, 0, 0); // in passing: readers are waited for as for holders of a lock
  trace(current, kernelEvents.lockRelease, srcu, 0);
  const epoch = yield* newEpoch(current);
  yield* fetchAdd(current, srcu, SrcuStruct.waiters, 1);
  // One look decides whom to wait for: a slot that holds an old epoch only later belongs to a later reader.
  for (const reader of current.kernel.srcu.readers()) {
    const inside = yield* loadAcquire(current, reader, SrcuReader.epoch);
    if (!isOlder(inside, epoch)) continue;
    yield* waitEvent(current, embedded(srcu, SrcuStruct.wq), function* () {
      return (yield* loadAcquire(current, reader, SrcuReader.epoch)) !== inside;
    });
  }
  yield* fetchAdd(current, srcu, SrcuStruct.waiters, -1);
  const running = embedded(srcu, SrcuStruct.running);
  yield* mutexLock(current, running);
  for (;;) {
    const head = yield* popCallback(current, (queued) => isOlder(queued, epoch));
    if (head === NULL) break;
    yield* runCallback(current, head);
  }
  yield* mutexUnlock(current, running);
}

/** `call_srcu()`: run callback number `func` on `head` once every reader that is inside now has left. */
export function* callSrcu(current: Current, head: Ptr<"srcu_head">, func: number): Run<void> {
  const { srcu } = current.kernel.srcu;
  yield* write(current, head, SrcuHead.next, NULL);
  yield* write(current, head, SrcuHead.func, func);
  yield* spinLock(current, embedded(srcu, SrcuStruct.lock));
  yield* write(current, head, SrcuHead.epoch, yield* newEpoch(current)); // under the lock: the queue is in order of epochs
  const last = (yield* read(current, srcu, SrcuStruct.lastCallback)) as Ptr<"srcu_head">;
  if (last === NULL) yield* write(current, srcu, SrcuStruct.firstCallback, head);
  else yield* write(current, last, SrcuHead.next, head);
  yield* write(current, srcu, SrcuStruct.lastCallback, head);
  yield* spinUnlock(current, embedded(srcu, SrcuStruct.lock));
}

/**
 * The worker, for processors that have nothing better to do: run the callback that was queued first, if its grace period
 * is over. False if there is none, or if another task is at it.
 */
export function* srcuRunCallbacks(current: Current): Run<boolean> {
  const { srcu } = current.kernel.srcu;
  if ((yield* readOnce(current, srcu, SrcuStruct.firstCallback)) === NULL) return false;
  if (!(yield* mutexTryLock(current, embedded(srcu, SrcuStruct.running)))) return false;
  const oldest = yield* oldestReader(current);
  const head = yield* popCallback(current, (queued) => !isOlder(oldest, queued));
  if (head !== NULL) yield* runCallback(current, head);
  yield* mutexUnlock(current, embedded(srcu, SrcuStruct.running));
  return head !== NULL;
}

/** Take the first callback off the queue if `isReady` says so of its epoch; else NULL. */
function* popCallback(current: Current, isReady: (epoch: number) => boolean): Run<Ptr<"srcu_head">> {
  const { srcu } = current.kernel.srcu;
  yield* spinLock(current, embedded(srcu, SrcuStruct.lock));
  const first = (yield* read(current, srcu, SrcuStruct.firstCallback)) as Ptr<"srcu_head">;
  let popped: Ptr<"srcu_head"> = NULL;
  if (first !== NULL && isReady(yield* read(current, first, SrcuHead.epoch))) {
    popped = first;
    const next = yield* read(current, first, SrcuHead.next);
    yield* write(current, srcu, SrcuStruct.firstCallback, next);
    if (next === NULL) yield* write(current, srcu, SrcuStruct.lastCallback, NULL);
  }
  yield* spinUnlock(current, embedded(srcu, SrcuStruct.lock));
  return popped;
}

function* runCallback(current: Current, head: Ptr<"srcu_head">): Run<void> {
  const func = yield* read(current, head, SrcuHead.func);
  yield* current.kernel.srcu.callback(func)(current, head);
}

/** Epoch of the reader that entered first, 0 if nobody is inside. */
function* oldestReader(current: Current): Run<number> {
  let oldest = 0;
  for (const reader of current.kernel.srcu.readers()) {
    const epoch = yield* loadAcquire(current, reader, SrcuReader.epoch);
    if (epoch !== 0 && (oldest === 0 || isOlder(epoch, oldest))) oldest = epoch;
  }
  return oldest;
}

/** Begin a new epoch; its number. */
function* newEpoch(current: Current): Run<number> {
  const { srcu } = current.kernel.srcu;
  const epoch = ((yield* fetchAdd(current, srcu, SrcuStruct.epoch, 1)) + 1) | 0;
  return epoch === 0 ? yield* newEpoch(current) : epoch; // 0 means "outside"
}

/** Was reader epoch `epoch` before `other`? Numbers wrap; 0 is nobody. */
function isOlder(epoch: number, other: number): boolean {
  return epoch !== 0 && ((epoch - other) | 0) < 0;
}
