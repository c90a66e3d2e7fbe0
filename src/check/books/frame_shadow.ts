import { peekAddr, pokeAddr } from "../../machine/access.ts";
import type { Layout } from "../../machine/layout.ts";
import { FrameContent, Page, type PhysicalMemory } from "../../machine/physical.ts";
import { PTE_PRESENT, ptePfn } from "../../machine/pte.ts";
import { struct, u32, u64, type Ptr } from "../../machine/struct.ts";
import type { Tracer } from "../../machine/tracer.ts";
import { kernelEvents } from "../../kernel/tracepoints.ts";
import type { CheckWorld } from "../world.ts";
import { hex } from "../../trace/format.ts";

/** What is remembered of a frame for reports. */
const FrameHistory = struct("check_frame_history", {
  /** Task that freed it last; 0 if never. */
  freedBy: u32,
  freedUs: u64,
  /** 1: a process has mapped it since it was allocated. */
  wasMapped: u32,
  /** Where a process had it last. */
  va: u64,
});

/**
 * Beside every word of physical memory, one word for the oracles. Next to a data word stands what it should hold; next to an
 * entry of a GPU's page table stands for which generation of its frame it was written.
 */
export class FrameShadow {
  readonly physical: PhysicalMemory;
  readonly #taskName: (id: number) => string;
  readonly #words: Ptr<"frame">;
  readonly #history: Ptr<"check_frame_history">;

  constructor(layout: Layout, world: CheckWorld) {
    this.physical = world.physical;
    this.#taskName = world.taskName;
    this.#words = layout.place(FrameContent, "check.frame", this.physical.frames);
    this.#history = layout.place(FrameHistory, "check.frame_history", this.physical.frames);
  }

  listen(tracer: Tracer): void {
    tracer.on("book", kernelEvents.pageAlloc, (task, pfn) => {
      const first = this.firstOf(pfn);
      task.words.fill(0, first, first + FrameContent.words);
      task.words[this.#historyOf(pfn) + FrameHistory.wasMapped] = 0;
    });
    tracer.on("book", kernelEvents.pageFree, (task, pfn) => {
      const history = this.#historyOf(pfn);
      task.words[history + FrameHistory.freedBy] = task.id;
      pokeAddr(task.words, history + FrameHistory.freedUs, Math.floor(task.nowUs()));
    });
    tracer.on("book", kernelEvents.pteSet, (task, _mm, va, pte) => {
      if ((pte & PTE_PRESENT) === 0) return;
      const history = this.#historyOf(ptePfn(pte));
      task.words[history + FrameHistory.wasMapped] = 1;
      pokeAddr(task.words, history + FrameHistory.va, va);
    });
  }

  /** The oracles' word beside the word of physical memory at `addr`. */
  shadowOf(addr: number): number {
    return this.#words + (addr - this.physical.contents);
  }

  /** The oracles' word beside the first word of frame `pfn`. */
  firstOf(pfn: number): number {
    return this.shadowOf(this.physical.entry(pfn, 0));
  }

  /** How often the frame was freed. */
  generation(words: Int32Array, pfn: number): number {
    return Atomics.load(words, this.physical.page(pfn) + Page.generation);
  }

  /** FRAME_* of the frame that holds the word at `addr`. */
  stateAt(words: Int32Array, addr: number): number {
    const pfn = Math.floor((addr - this.physical.contents) / FrameContent.words);
    return Atomics.load(words, this.physical.page(pfn) + Page.state);
  }

  /** Has a process mapped the frame since it was allocated? */
  wasMapped(words: Int32Array, pfn: number): boolean {
    return words[this.#historyOf(pfn) + FrameHistory.wasMapped] !== 0;
  }

  /** Who freed the frame last, and where it was mapped before, in words. */
  historyOf(words: Int32Array, pfn: number): string {
    const history = this.#historyOf(pfn);
    const freedBy = words[history + FrameHistory.freedBy];
    const where = `last mapped by a process at ${hex(peekAddr(words, history + FrameHistory.va))}`;
    if (freedBy === 0) return `frame ${pfn} was never freed, ${where}`;
    const freedUs = peekAddr(words, history + FrameHistory.freedUs);
    return `frame ${pfn} was freed by ${this.#taskName(freedBy)} at ${freedUs} us, ${where}`;
  }

  #historyOf(pfn: number): Ptr<"check_frame_history"> {
    return (this.#history + pfn * FrameHistory.words) as Ptr<"check_frame_history">;
  }
}
