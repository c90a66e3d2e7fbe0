import type { Layout } from "../machine/layout.ts";
import type { PhysicalMemory } from "../machine/physical.ts";
import { array, struct, u32, u64, type Ptr } from "../machine/struct.ts";
import { ArchSpinlock } from "../machine/arch_spinlock.ts";

/** Requests that fit on the ring at once. */
export const RING_ENTRIES = 64;
/** Faults that fit in the fault buffer at once: one a context. */
export const MAX_CONTEXTS = 8;

/** Flush the TLBs' entries for [start, end) of `asid`. */
export const CMD_TLB_INVAL_RANGE = 1;
/** Flush all of the TLBs' entries for `asid`. */
export const CMD_TLB_INVAL_ALL = 2;
/** Bring context `start` to a preemption point and stop it there. */
export const CMD_PREEMPT = 3;
/** Let context `start` go on. */
export const CMD_RESUME = 4;

/** One request on the command ring. */
export const GpuCommand = struct("gpu_command", { op: u32, seqno: u32, asid: u32, start: u64, end: u64 });

/** An address space as the hardware knows it. */
export const GpuVm = struct("gpu_vm", {
  /** Frame of the root table; 0 none. */
  root: u32,
  asid: u32,
});

/** A fault that a context waits for. */
export const GpuFaultEntry = struct("gpu_fault", {
  /** FAULT_* */
  state: u32,
  context: u32,
  vm: u32,
  va: u64,
  /** ACCESS_* */
  kind: u32,
  /** 0 or a negative error; valid in FAULT_ANSWERED. */
  result: u32,
});
export const FAULT_NONE = 0;
export const FAULT_PENDING = 1;
export const FAULT_TAKEN = 2;
export const FAULT_ANSWERED = 3;

/** What the processors see of a GPU: doorbell, command ring, completion ring, fault buffer. */
export const GpuRegisters = struct("gpu", {
  /** Goes up whenever there may be something to do for the GPU: it parks on this word alone. */
  doorbell: u32,
  /** Guards `tail`: senders on several CPUs. */
  ringLock: ArchSpinlock,
  /** Requests taken; only the engine writes it. */
  head: u32,
  /** Requests sent. */
  tail: u32,
  ring: array(GpuCommand, RING_ENTRIES),
  /** Seqno of the latest request answered, in the order in which the firmware answers. */
  seqnoRecv: u32,
  /** Completion ring: answered seqnos for the interrupt handler. */
  doneHead: u32,
  doneTail: u32,
  done: array(struct("word", { value: u32 }), RING_ENTRIES),
  faults: array(GpuFaultEntry, MAX_CONTEXTS),
  /** Goes up with every fault; the fault service looks at it. */
  faultSeq: u32,
});

/** Latencies in microseconds, faults of the firmware in percent. */
export interface GpuConfig {
  /** Time from taking a TLB invalidation off the ring to its answer. */
  readonly tlbLatencyUs: number;
  /** Time that a context needs to reach a preemption point. */
  readonly preemptLatencyUs: number;
  /** Answers a request before earlier ones. */
  readonly outOfOrderPercent: number;
  /** Never answers a request. */
  readonly lostAnswerPercent: number;
  /** Answers `lateAnswerUs` late. */
  readonly lateAnswerPercent: number;
  readonly lateAnswerUs: number;
  /** Execution contexts, 1 to {@link MAX_CONTEXTS}. */
  readonly contexts: number;
}

/** One GPU: addresses of its parts in shared memory. */
export class Gpu {
  readonly index: number;
  /** Its name in reports: `gpu0`. */
  readonly name: string;
  readonly config: GpuConfig;
  readonly physical: PhysicalMemory;
  readonly regs: Ptr<"gpu">;
  /** Number of this GPU among the processors that write to pages. */
  readonly writer: number;
  /** First word of everything that belongs to this GPU. */
  readonly base: number;

  constructor(layout: Layout, physical: PhysicalMemory, index: number, writer: number, config: GpuConfig) {
    this.index = index;
    this.name = `gpu${index}`;
    this.config = config;
    this.physical = physical;
    this.writer = writer;
    this.base = layout.words;
    this.regs = layout.place(GpuRegisters, this.name);
  }
}
