import { attachOracles, type Oracles } from "../../src/check/all.ts";
import type { CheckWorld } from "../../src/check/world.ts";
import { ownerOf } from "../../src/driver/owner.ts";
import { driverEvents } from "../../src/driver/tracepoints.ts";
import { deviceEvents } from "../../src/device/tracepoints.ts";
import { ACCESS_READ, ACCESS_WRITE, kernelEvents } from "../../src/kernel/tracepoints.ts";
import { Layout } from "../../src/machine/layout.ts";
import { FRAME_GPU_PAGE_TABLE, FRAME_SYSTEM, Page, PhysicalMemory } from "../../src/machine/physical.ts";
import { mkPte, PTE_PRESENT, PTE_WRITE } from "../../src/machine/pte.ts";
import { Word } from "../../src/machine/struct.ts";
import { Task } from "../../src/machine/task.ts";
import { trace, type Arguments, type EventId, type Values } from "../../src/machine/tracepoint.ts";
import { Tracer } from "../../src/machine/tracer.ts";

/** Addresses of structures that exist only in events. */
export const MM = 0x1000;
export const VM = 0x2000;
export const SUB = 0x3000;
export const OTHER_SUB = 0x3100;
export const FINISH = 0x4000;
export const OTHER_FINISH = 0x4100;

export const VA = 0x7000_0000;
export const PAGE = 4096;
/** The frame that the process has at VA, to begin with. */
export const DATA = 3;
/** A frame with a table of the GPU, and the entry for VA in it. */
export const TABLE = 5;
export const ASID = 9;
/** Processors that write: CPU 0 and 1, GPU 0. */
export const GPU_WORD = 1 + 2;

export const CPU0 = 1;
export const CPU1 = 2;
export const GPU0 = 3;

export const UNMAP = 0;
export const RELEASE = 5;
export const MIGRATE = 6;
/** Owners of ranges: the driver of GPU 0, and of another one. */
export const OWNER = ownerOf({ index: 0 });
export const OTHER_OWNER = ownerOf({ index: 1 });

/**
 * A machine of which only the events exist: tests play the parts of kernel, driver and device. Every task has a thread and
 * oracles of its own over the same memory, as on real threads.
 */
export class Rig {
  readonly words: Int32Array;
  readonly physical: PhysicalMemory;
  readonly layout: Layout;
  readonly tasks: readonly Task[];
  readonly oracles: readonly Oracles[];
  /** The CPU's page table of MM. */
  readonly cpuPtes = new Map<number, number>();
  /** What GPU 0 has in its TLB. */
  readonly tlb = new Set<number>();
  invalidateSeq = 2;
  isStopped = false;
  nowUs = 0;
  #active = 0;
  #ranges = 0;
  readonly #isAnyOrder: boolean;
  #translations = 0;

  /**
   * @param isAnyOrder of the notifier core
   * @param newTracer of each thread
   */
  constructor(isAnyOrder = false, newTracer = () => new Tracer()) {
    this.#isAnyOrder = isAnyOrder;
    const threads = ["cpu0", "cpu1", "gpu0"].map((name, thread) => {
      const layout = new Layout();
      const physical = new PhysicalMemory(layout, 16, 3);
      const tracer = newTracer();
      return { name, layout, physical, tracer, oracles: attachOracles(tracer, layout, this.#world(layout, physical, thread)) };
    });
    const [{ layout, physical }] = threads;
    this.layout = layout;
    this.physical = physical;
    this.words = new Int32Array(new SharedArrayBuffer(layout.words * 4));
    this.oracles = threads.map((thread) => thread.oracles);
    this.tasks = threads.map(
      ({ name, tracer }, i) =>
        new Task({
          id: i + 1,
          name,
          words: this.words,
          tracer,
          interleaved: false,
          nowUs: () => this.nowUs++,
        }),
    );
    this.setUp();
  }

  /** The process has a writable page at VA, the GPU an address space, a notifier and a page table. */
  setUp(): void {
    this.alloc(DATA, FRAME_SYSTEM);
    this.alloc(TABLE, FRAME_GPU_PAGE_TABLE);
    this.map(VA, DATA);
    this.hit(CPU0, driverEvents.vmOpen, 0, VM, MM, ASID);
    this.insert(SUB);
  }

  hit<A extends Arguments>(task: number, event: EventId<A>, ...values: Values<A>): void {
    trace(this.tasks[task - 1], event, ...values);
  }

  /** Rules broken so far, in the order of the threads. */
  get rules(): string[] {
    return this.oracles.flatMap((oracles) => oracles.violations().map(({ rule }) => rule));
  }

  get messages(): string[] {
    return this.oracles.flatMap((oracles) => oracles.violations().map(({ message }) => message));
  }

  // memory

  alloc(pfn: number, state: number): void {
    this.words[this.physical.page(pfn) + Page.state] = state;
    this.words[this.physical.page(pfn) + Page.refcount] = 1;
    this.words.fill(0, this.physical.entry(pfn, 0), this.physical.entry(pfn, 0) + 512);
    this.hit(CPU0, kernelEvents.pageAlloc, pfn, this.generation(pfn), state);
  }

  free(task: number, pfn: number): void {
    this.hit(task, kernelEvents.pageFree, pfn, this.generation(pfn), this.words[this.physical.page(pfn) + Page.state]);
    this.words[this.physical.page(pfn) + Page.generation]++;
    this.words[this.physical.page(pfn) + Page.refcount] = 0;
    this.words[this.physical.page(pfn) + Page.state] = 0;
  }

  generation(pfn: number): number {
    return this.words[this.physical.page(pfn) + Page.generation];
  }

  map(va: number, pfn: number, flags = PTE_PRESENT | PTE_WRITE): void {
    const pte = mkPte(pfn, flags);
    const old = this.cpuPtes.get(va) ?? 0;
    this.cpuPtes.set(va, pte);
    this.hit(CPU0, kernelEvents.pteSet, MM, va, pte, old);
  }

  unmap(task: number, va: number): void {
    const old = this.cpuPtes.get(va) ?? 0;
    this.cpuPtes.delete(va);
    this.hit(task, kernelEvents.pteClear, MM, va, old);
  }

  cpuWrite(task: number, pfn: number, value: number, word = task): void {
    this.words[this.physical.entry(pfn, word)] = value;
    this.hit(task, kernelEvents.cpuAccess, MM, VA, pfn, ACCESS_WRITE, word, value);
  }

  cpuRead(task: number, pfn: number, word = task): void {
    this.hit(task, kernelEvents.cpuAccess, MM, VA, pfn, ACCESS_READ, word, this.words[this.physical.entry(pfn, word)]);
  }

  // the device

  commit(va = VA, pfn = DATA, seq = 1, sub = SUB): void {
    this.hit(CPU1, driverEvents.commit, 0, va, mkPte(pfn, PTE_PRESENT | PTE_WRITE), this.entryAddr(va), sub, seq);
  }

  /** The number of the translation. */
  fill(va = VA, pfn = DATA): number {
    this.tlb.add(va);
    this.hit(
      GPU0,
      deviceEvents.tlbFill,
      0,
      VM,
      va,
      mkPte(pfn, PTE_PRESENT | PTE_WRITE),
      this.entryAddr(va),
      ++this.#translations,
    );
    return this.#translations;
  }

  flush(seqno: number): void {
    this.tlb.clear();
    this.hit(GPU0, deviceEvents.tlbFlushed, 0, ASID, 0, 0, seqno);
  }

  gpuRead(translation: number, va = VA, pfn = DATA): void {
    const value = this.words[this.physical.entry(pfn, GPU_WORD)];
    this.hit(GPU0, deviceEvents.deviceAccess, 0, va + GPU_WORD * 4, pfn, ACCESS_READ, value, translation);
  }

  gpuWrite(translation: number, value = 1, va = VA, pfn = DATA): void {
    this.words[this.physical.entry(pfn, GPU_WORD)] = value;
    this.hit(GPU0, deviceEvents.deviceAccess, 0, va + GPU_WORD * 4, pfn, ACCESS_WRITE, value, translation);
  }

  entryAddr(va: number): number {
    return this.physical.entry(TABLE, (va / PAGE) % 512);
  }

  // the notifier core

  insert(sub: number, seq = 1, deferred = 0): void {
    this.hit(CPU0, kernelEvents.intervalInsert, sub, MM, VA, VA + 16 * PAGE - 1, seq, deferred);
    if (deferred === 0) this.hit(CPU0, kernelEvents.intervalInTree, sub);
  }

  state(task: number, seq: number, active: number): void {
    this.invalidateSeq = seq;
    this.hit(task, kernelEvents.invalidateState, MM, seq, active);
  }

  /** A range that has been counted and hit something; its number. */
  rangeStart(task: number, options: RangeOptions = {}): Range {
    const { start = VA, end = VA + PAGE, event = UNMAP, owner = 0, blockable = true } = options;
    const id = ++this.#ranges;
    this.hit(task, kernelEvents.invalidateRangeStart, MM, start, end, event, blockable ? 1 : 0, id);
    if (owner !== 0) this.hit(task, kernelEvents.invalidateOwner, id, owner);
    this.state(task, this.invalidateSeq, ++this.#active);
    if (this.invalidateSeq % 2 === 0) this.state(task, this.invalidateSeq + 1, this.#active);
    this.hit(task, kernelEvents.invalidateSeq, MM, id, this.invalidateSeq, 1);
    return { task, id, start, end, seq: this.invalidateSeq };
  }

  call(range: Range, options: { sub?: number; ok?: number; finish?: number; setSeq?: boolean } = {}): void {
    const { sub = SUB, ok = 1, finish = 0, setSeq = true } = options;
    this.hit(range.task, kernelEvents.invalidateCall, sub, range.id, range.seq, finish === 0 ? 0 : 1);
    if (setSeq) this.hit(range.task, kernelEvents.intervalSetSeq, sub, range.seq);
    this.hit(range.task, kernelEvents.invalidateCalled, sub, range.id, range.seq, ok, finish);
  }

  startPassDone(range: Range, result = 0): void {
    this.hit(range.task, kernelEvents.invalidateStartPassDone, MM, range.id, result);
  }

  /** @param next what the callback handed out for another pass */
  finish(range: Range, finish: number, sub = SUB, next = 0): void {
    this.hit(range.task, kernelEvents.invalidateFinish, sub, range.id, finish);
    if (next !== 0) this.hit(range.task, kernelEvents.invalidateNextPass, sub, range.id, next);
    this.hit(range.task, kernelEvents.invalidateFinished, sub, range.id, finish);
  }

  rangeStarted(range: Range, result = 0): void {
    this.hit(range.task, kernelEvents.invalidateRangeStarted, MM, range.start, range.end, range.id, result);
  }

  rangeEnd(range: Range): void {
    this.hit(range.task, kernelEvents.invalidateRangeEnd, MM, range.start, range.end, range.id);
    this.invEnd(range.task);
  }

  /** A range less is active. */
  invEnd(task: number): void {
    this.state(task, this.invalidateSeq, --this.#active);
    if (this.#active === 0) this.state(task, this.invalidateSeq + 1, 0);
  }

  /** A whole notifier part without finish callbacks, up to its return. */
  invalidated(task: number, options: RangeOptions = {}): Range {
    const range = this.rangeStart(task, options);
    this.call(range);
    this.startPassDone(range);
    this.rangeStarted(range);
    return range;
  }

  #world(layout: Layout, physical: PhysicalMemory, thread: number): CheckWorld {
    return {
      physical,
      swapSlots: 4,
      gpus: [{ name: "gpu0", writer: 2 }],
      threads: 3,
      thread,
      isAnyOrder: this.#isAnyOrder,
      taskName: (id) => this.tasks[id - 1]?.name ?? `task${id}`,
      nameOf: (addr) => NAMES.get(addr) ?? layout.nameOf(addr),
      cpuPte: (_words, _mm, va) => this.cpuPtes.get(va - (va % PAGE)) ?? 0,
      invalidateSeq: () => this.invalidateSeq,
      isStopped: () => this.isStopped,
      tlbEntryIn: (_words, _gpu, asid, start, end) =>
        (asid === ASID ? [...this.tlb].find((va) => va < end && va + PAGE > start) : undefined) ?? -1,
    };
  }
}

export interface RangeOptions {
  readonly start?: number;
  readonly end?: number;
  readonly event?: number;
  readonly owner?: number;
  readonly blockable?: boolean;
}

export interface Range {
  readonly task: number;
  readonly id: number;
  readonly start: number;
  readonly end: number;
  readonly seq: number;
}

const NAMES = new Map([
  [MM, "mm"],
  [VM, "vm"],
  [SUB, "sub"],
  [OTHER_SUB, "other_sub"],
  [FINISH, "finish"],
  [OTHER_FINISH, "other_finish"],
]);

/** A word of content, by its address, for tests that look at memory. */
export function contentWord(rig: Rig, pfn: number, word: number): number {
  return rig.words[rig.physical.entry(pfn, word) + Word.value];
}
