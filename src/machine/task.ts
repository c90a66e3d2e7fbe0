import { AccessStep } from "./access_step.ts";
import type { Tracer } from "./tracer.ts";

/**
 * One thread of control: what Linux calls `current`, or one hardware engine of a GPU.
 *
 * It is the first argument of all protocol code and its only source of memory, identity and time, so that the code
 * does not know which executor runs it. The operand fields carry what a step integer has no room for; they are
 * written by the primitive that yields and read by the executor that answers.
 */
export class Task {
  /** Unique over the whole machine; slot of the task table. 0 is nobody. */
  readonly id: number;
  /** As printed in reports: `cpu1`, `gpu2.engine`. */
  readonly name: string;
  /** All shared memory, in 32-bit words; an address is an index. */
  readonly words: Int32Array;
  readonly tracer: Tracer;
  /** True while the executor wants to see every access; false on real threads, where the hardware interleaves. */
  interleaved: boolean;
  /** Time in microseconds since boot; virtual outside the threads executor. */
  readonly nowUs: () => number;

  /** The access to shared memory that it is at. */
  readonly access: AccessStep;

  /** FUTEX_WAIT: the value at which to sleep. AWAIT: the value to wait for. */
  expected = 0;
  /** AWAIT: the bits that are compared. */
  mask = -1;
  /** FUTEX_WAIT, SLEEP: absolute time in microseconds; `Infinity` for none. */
  deadlineUs = Infinity;
  /** FUTEX_WAKE: how many to wake. */
  count = 0;
  /** CHOICE: probability of "yes", 0 to 100. */
  percent = 0;
  /** CHOICE: what "yes" would mean, as in `the answer is lost`; a replay knows the question by it, wherever it is asked. */
  asked = "";
  /** How many reasons forbid sleeping (spinlocks held, non_block sections). */
  atomicDepth = 0;

  constructor(options: TaskOptions) {
    this.id = options.id;
    this.name = options.name;
    this.words = options.words;
    this.tracer = options.tracer;
    this.interleaved = options.interleaved;
    this.nowUs = options.nowUs;
    this.access = new AccessStep(this);
  }
}

export interface TaskOptions {
  readonly id: number;
  readonly name: string;
  readonly words: Int32Array;
  readonly tracer: Tracer;
  readonly interleaved: boolean;
  readonly nowUs: () => number;
}
