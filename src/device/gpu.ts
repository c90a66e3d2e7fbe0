import type { Layout } from "../machine/layout.ts";
import type { PhysicalMemory } from "../machine/physical.ts";
import { array, embedded, struct, u32, u64, type Ptr } from "../machine/struct.ts";
import type { Task } from "../machine/task.ts";
import { ArchSpinlock } from "../machine/arch_spinlock.ts";
import { checkGpuConfig, type GpuConfig } from "./config.ts";
import { Event } from "./event.ts";
import { Tlb } from "./tlb.ts";

export { MAX_CONTEXTS, type GpuConfig } from "./config.ts";

/** Requests on the ring at once, taken or not; a power of two. */
export const RING_ENTRIES = 64;

/** Flush one TLB's entries for [start, end) of `asid`. */
export const CMD_TLB_INVAL_RANGE = 1;
/** Flush all of one TLB's entries for `asid`. */
export const CMD_TLB_INVAL_ALL = 2;
/** Bring context `start` to a preemption point and stop it there. */
export const CMD_PREEMPT = 3;
/** Let context `start` go on. */
export const CMD_RESUME = 4;

export const GPU_COMMAND_NAMES = ["", "TLB_INVAL_RANGE", "TLB_INVAL_ALL", "PREEMPT", "RESUME"] as const;

/** A request on the command ring: what was sent, and how far the engine is with it. */
export const GpuCommand = struct("gpu_command", {
  op: u32,
  /** 0: wants no answer. */
  seqno: u32,
  asid: u32,
  /** Process address, or number of a context. */
  start: u64,
  /** Process address, exclusive. */
  end: u64,
  /** Number of the TLB that an invalidation is about. */
  tlbDomain: u32,
  /** COMMAND_* */
  phase: u32,
  /** Fate of a TLB invalidation, drawn when it is taken: FATE_* bits. */
  fate: u32,
  /** When it was sent and when it may answer, in nanoseconds since boot. */
  sentNs: u64,
  dueNs: u64,
});
export const COMMAND_SENT = 0;
export const COMMAND_TAKEN = 1;
/** A TLB invalidation: the entries are gone. A preemption: the context was told. */
export const COMMAND_APPLIED = 2;
export const COMMAND_DONE = 3;
/** Does not wait for the answers to earlier ones. */
export const FATE_OVERTAKES = 1;
/** Is never answered. */
export const FATE_LOST = 2;
/** Flushes as soon as it is taken, long before it answers. */
export const FATE_EARLY = 4;

/** An address space as the hardware knows it. */
export const GpuVm = struct("gpu_vm", {
  /** Frame of the root table; 0 none. */
  root: u32,
  /** 0 to 2^28 - 1. */
  asid: u32,
  /** Number of the GPU that works in it: see {@link gpuIndexOf}. */
  gpu: u32,
});

/**
 * Number of the GPU that works in `vm`. No step: it is written once, before anybody else knows the VM, so nothing races with it.
 */
export function gpuIndexOf(task: Task, vm: Ptr<"gpu_vm">): number {
  return task.words[vm + GpuVm.gpu];
}

/** A fault that a context waits for: its slot in the fault buffer. */
export const GpuFaultEntry = struct("gpu_fault", {
  /** FAULT_* */
  state: u32,
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

/** One execution context. */
export const GpuContext = struct("gpu_context", {
  /** Sleeps on this, whatever it waits for. */
  event: Event,
  /** REQUEST_*: what it is to do; the engine and {@link stopGpu} write it. */
  request: u32,
  /** CONTEXT_*: what it does. */
  state: u32,
  /**
   * 1 from the answer to its preemption until it is resumed: it touches nothing, whatever its state is on the way from one rest
   * to the next. The engine's own; for onlookers.
   */
  isHeld: u32,
  /** In REQUEST_PARK: from when on a running context is at a preemption point, in nanoseconds since boot. */
  parkAtNs: u64,
  /** Whether it has an access in flight: see in_flight.ts. */
  inFlight: u32,
  fault: GpuFaultEntry,
  /** Counters, for reports. */
  accesses: u32,
  faults: u32,
  /** Accesses given up: refused by the fault service, or faulted again and again. */
  errors: u32,
});
export const REQUEST_RUN = 0;
export const REQUEST_PARK = 1;
export const REQUEST_STOP = 2;
/** Nothing runs it: it starts no access without looking at its request first. */
export const CONTEXT_OFF = 0;
export const CONTEXT_RUNNING = 1;
/** At a preemption point, until it is told to go on. */
export const CONTEXT_PARKED = 2;

/** A request that was answered. */
export const GpuAnswer = struct("gpu_answer", { op: u32, seqno: u32 });

/** What the processors see of a GPU: doorbell, command ring, completion ring. */
export const GpuRegisters = struct("gpu", {
  /** Goes up whenever there may be something to do for the command engine. */
  doorbell: Event,
  /** 1: all tasks of this GPU are to end. */
  stop: u32,
  /** Guards `tail`: senders on several CPUs. */
  ringLock: ArchSpinlock,
  /** Requests finished; only the engine writes it and the next. */
  head: u32,
  /** Requests taken. */
  taken: u32,
  /** Requests sent. */
  tail: u32,
  ring: array(GpuCommand, RING_ENTRIES),
  /** Seqno of the TLB invalidation answered last. */
  seqnoRecv: u32,
  /** Goes up with every answer: the interrupt line. */
  interrupt: Event,
  /** Completion ring: answers for the interrupt handler, in the order in which the firmware gave them. */
  doneHead: u32,
  doneTail: u32,
  done: array(GpuAnswer, RING_ENTRIES),
  /** Faults handed out by {@link takeFault}. */
  faultsTaken: u32,
  walkersBusy: u32,
  /** Contexts that wait for a walker. */
  walkersWanted: u32,
});

/** The line by which all GPUs tell the CPUs of faults; CPUs sleep on `count`, which goes up with every fault. */
export const FaultLine = struct("fault_line", { count: u32 });

const TLB_NAMES = ["tlb", "media_tlb"] as const;

/** One GPU: addresses of its parts in shared memory. Zeroed memory is a GPU switched on. */
export class Gpu {
  readonly index: number;
  /** Its name in reports: `gpu0`. */
  readonly name: string;
  readonly config: GpuConfig;
  readonly physical: PhysicalMemory;
  readonly faultLine: Ptr<"fault_line">;
  /** Number of this GPU among the processors that write to pages. */
  readonly writer: number;
  /** First word of everything that belongs to this GPU. */
  readonly base: number;
  /** One past its last word. Its tasks sleep on no word outside. */
  readonly end: number;
  readonly regs: Ptr<"gpu">;
  readonly doorbell: Ptr<"event">;
  readonly contexts: readonly Ptr<"gpu_context">[];
  /** By domain. */
  readonly tlbs: readonly Ptr<"tlb">[];

  /** @throws RangeError if the configuration is one that no GPU can have */
  constructor(
    layout: Layout,
    physical: PhysicalMemory,
    index: number,
    writer: number,
    config: GpuConfig,
    faultLine: Ptr<"fault_line">,
  ) {
    checkGpuConfig(config);
    this.index = index;
    this.name = `gpu${index}`;
    this.config = config;
    this.physical = physical;
    this.faultLine = faultLine;
    this.writer = writer;
    this.base = layout.words;
    this.regs = layout.place(GpuRegisters, this.name);
    this.doorbell = embedded(this.regs, GpuRegisters.doorbell);
    this.contexts = Array.from({ length: config.contexts }, (_, i) => layout.place(GpuContext, `${this.name}.context${i}`));
    this.tlbs = TLB_NAMES.slice(0, config.tlbDomains).map((tlb) => layout.place(Tlb, `${this.name}.${tlb}`));
    this.end = layout.words;
  }

  /** Number of the TLB that context `index` works with. */
  tlbDomainOf(index: number): number {
    return index % this.config.tlbDomains;
  }
}
