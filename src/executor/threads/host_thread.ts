import { availableParallelism } from "node:os";
import { AbortError } from "./abort.ts";
import { notify } from "./notify.ts";
import { napUs, spinUs } from "./pacing.ts";
import { SpinCredit } from "./spin_credit.ts";
import { FutexBucket, GpuWorker, ThreadsControl, TaskRecord, type ThreadsState } from "./state.ts";

/** Looks at the word between two looks at the clock. */
const SPINS_PER_LOOK = 40;

/** One thread of the operating system with its view of the shared state: how it spins, parks, and wakes others. */
export class HostThread {
  readonly words: Int32Array;
  readonly state: ThreadsState;
  /** Microseconds since boot. */
  readonly nowUs: () => number;
  /** Number of the GPU whose worker this is, or -1. */
  readonly gpu: number;
  readonly #awake: number;
  readonly #abort: number;
  readonly #cores = availableParallelism();
  readonly #credit = new SpinCredit();
  readonly #spinUs: number;

  constructor(words: Int32Array, state: ThreadsState, nowUs: () => number, gpu = -1) {
    this.words = words;
    this.state = state;
    this.nowUs = nowUs;
    this.gpu = gpu;
    this.#spinUs = spinUs(state.gpus.length, this.#cores);
    this.#awake = state.control + ThreadsControl.awake;
    this.#abort = state.control + ThreadsControl.abort;
  }

  /** This thread begins to run tasks. */
  enter(): void {
    Atomics.add(this.words, this.#awake, 1);
  }

  /** This thread goes back to its event loop. */
  leave(): void {
    Atomics.sub(this.words, this.#awake, 1);
  }

  /** Spinning takes nothing from anybody only while every awake thread has a core. */
  isCoreFree(): boolean {
    return Atomics.load(this.words, this.#awake) <= this.#cores;
  }

  /** Give the core away for a while if others want it, as one who has been busy for long; on a word as in {@link park}. */
  nap(addr: number, value: number): void {
    const awake = Atomics.load(this.words, this.#awake);
    if (awake > this.#cores) this.park(addr, value, napUs(awake, this.#cores) / 1000);
  }

  throwIfAborted(): void {
    const reason = Atomics.load(this.words, this.#abort);
    if (reason !== 0) throw new AbortError(reason);
  }

  /** Spin briefly if that is worth it; true if the word at `addr` no longer holds `value`. Not beyond `deadlineUs`. */
  spin(addr: number, value: number, deadlineUs: number): boolean {
    if (!this.isCoreFree() || !this.#credit.shouldSpin()) return false;
    const wasAnswered = this.spinUntil(addr, value, Math.min(this.nowUs() + this.#spinUs, deadlineUs));
    this.#credit.record(wasAnswered);
    return wasAnswered;
  }

  /** Spin until the word at `addr` no longer holds `value` (true), `endUs` has come or cores have become scarce (false). */
  spinUntil(addr: number, value: number, endUs: number): boolean {
    const { words } = this;
    while (this.isCoreFree()) {
      for (let i = 0; i < SPINS_PER_LOOK; i++) {
        if (Atomics.load(words, addr) !== value) return true;
      }
      if (this.nowUs() >= endUs) return false;
    }
    return Atomics.load(words, addr) !== value;
  }

  /** Sleep while the word at `addr` holds `value`, at most `timeoutMs`, which may be a fraction or Infinity. */
  park(addr: number, value: number, timeoutMs: number): void {
    Atomics.sub(this.words, this.#awake, 1);
    const how = Atomics.wait(this.words, addr, value, timeoutMs);
    if (how !== "ok") Atomics.add(this.words, this.#awake, 1); // else notify() has counted us
  }

  /** FUTEX_WAKE: threads that sleep on the word, and workers of GPUs one of whose tasks may wait for it. */
  wake(addr: number, count: number): void {
    const { words, state } = this;
    const bucket = state.bucketOf(addr);
    Atomics.add(words, bucket + FutexBucket.wakeups, 1);
    const gpu = state.gpuAt(addr);
    if (gpu >= 0 && gpu !== this.gpu && addr !== state.gpus[gpu].doorbell) this.#ring(gpu);
    if (Atomics.load(words, bucket + FutexBucket.strangers) !== 0) this.#ringStrangers();
    notify(words, state, addr, count);
    if (Atomics.load(words, bucket + FutexBucket.sleepers) !== 0) notify(words, state, bucket + FutexBucket.wakeups, Infinity);
  }

  /**
   * Sleep until a wake-up on `addr`'s bucket has come after the `wakeups` that were seen, at most `timeoutMs`: for a word that
   * has changed but whose waker is still on its way. Had we parked on the new value, that wake-up could pass between our look and
   * our sleep.
   */
  parkForWakeup(addr: number, wakeups: number, timeoutMs: number): void {
    const bucket = this.state.bucketOf(addr);
    Atomics.add(this.words, bucket + FutexBucket.sleepers, 1);
    this.park(bucket + FutexBucket.wakeups, wakeups, timeoutMs);
    Atomics.sub(this.words, bucket + FutexBucket.sleepers, 1);
  }

  /** Word that this task sleeps on when it only waits for time to pass. */
  napWord(taskId: number): number {
    return this.state.recordOf(taskId) + TaskRecord.nap;
  }

  #ring(gpu: number): void {
    const { doorbell } = this.state.gpus[gpu];
    Atomics.add(this.words, doorbell, 1);
    notify(this.words, this.state, doorbell, Infinity);
  }

  /** Rare (a GPU's interrupt handler waits for a lock of the kernel): ring every worker that may be meant; it looks itself. */
  #ringStrangers(): void {
    for (let gpu = 0; gpu < this.state.gpus.length; gpu++) {
      if (gpu !== this.gpu && Atomics.load(this.words, this.state.gpuWorker(gpu) + GpuWorker.strangers) !== 0) this.#ring(gpu);
    }
  }
}
