import type { Layout } from "../../machine/layout.ts";
import { FRAME_SYSTEM, FRAME_ZERO, Page, type PhysicalMemory } from "../../machine/physical.ts";
import { PAGE_SIZE, PTE_PRESENT, ptePfn } from "../../machine/pte.ts";
import { NULL, Word, type Ptr } from "../../machine/struct.ts";
import type { Task } from "../../machine/task.ts";
import type { Tracer } from "../../machine/tracepoint.ts";
import { deviceEvents } from "../../device/tracepoints.ts";
import { ACCESS_ADD, ACCESS_READ, ACCESS_WRITE, kernelEvents } from "../../kernel/tracepoints.ts";
import { hex } from "../record/format.ts";
import type { FrameShadow } from "../books/frame_shadow.ts";
import { TlbRow, type TlbShadow } from "../books/tlb_shadow.ts";
import type { Reporter } from "../record/violation.ts";
import type { CheckWorld } from "../world.ts";

/** The content word that all processors add to. */
const COUNTER = 0;

/**
 * Oracle 3, no lost data: beside each data word stands what the process must find there. A write is mirrored to the frame that
 * the process maps at that address *now*, wherever the access itself went; a copy takes the mirror along at the moment at
 * which it takes the page's place. So a write that went to the wrong frame, or into a page already copied, shows.
 *
 * Certain on threads: a word has one writer, whose own mirror is in step with it, and each writer checks only its own word. The
 * counter, which all add to, and everybody else's words are compared when nobody can write to the page any more, because
 * it is being freed or because nobody runs ({@link sweep}).
 */
export class LostData {
  readonly #world: CheckWorld;
  readonly #physical: PhysicalMemory;
  readonly #frames: FrameShadow;
  readonly #tlbs: TlbShadow;
  readonly #slots: Ptr<"word">;
  /** Content words that tasks of this thread have written. */
  readonly #ownWords = new Set<number>();

  constructor(layout: Layout, world: CheckWorld, frames: FrameShadow, tlbs: TlbShadow) {
    this.#world = world;
    this.#physical = world.physical;
    this.#frames = frames;
    this.#tlbs = tlbs;
    this.#slots = layout.place(Word, "check.swap_word", world.swapSlots * world.physical.dataWords);
  }

  listen(tracer: Tracer, reporter: Reporter): void {
    const { dataWords } = this.#physical;
    tracer.on(kernelEvents.pageCopied, (task, from, to) => this.#move(task.words, this.#first(from), this.#first(to)));
    tracer.on(kernelEvents.swapOut, (task, pfn, slot) =>
      this.#move(task.words, this.#first(pfn), this.#slots + slot * dataWords),
    );
    tracer.on(kernelEvents.swapIn, (task, slot, pfn) => this.#move(task.words, this.#slots + slot * dataWords, this.#first(pfn)));
    tracer.on(kernelEvents.pageFree, (task, pfn, _generation, state) => {
      // A copy or a page read from swap that found its place taken never was anybody's.
      if (state === FRAME_SYSTEM && this.#frames.wasMapped(task.words, pfn)) this.#compareWithShadow(task, pfn, reporter);
    });
    tracer.on(kernelEvents.cpuAccess, (task, mm, va, pfn, kind, word, value) => {
      this.#access(task, mm, va, pfn, kind, word, value, reporter);
    });
    tracer.on(deviceEvents.deviceAccess, (task, gpu, va, pfn, kind, value, entry) => {
      const row = this.#tlbs.find(task.words, gpu, entry);
      // Through the CPU's own table a write may still reach the old page until that is flushed and only then copied.
      const isMirror = row !== NULL && task.words[row + TlbRow.isMirror] !== 0;
      const mm = isMirror ? task.words[row + TlbRow.mm] : 0;
      this.#access(task, mm, va, pfn, kind, (va % PAGE_SIZE) / 4, value, reporter);
    });
  }

  /** Nobody has written anything yet. */
  reset(): void {
    this.#ownWords.clear();
  }

  /** With nobody running: does every data page hold what was written to it? */
  sweep(task: Task, reporter: Reporter): void {
    const { words } = task;
    for (let pfn = 0; pfn < this.#physical.frames; pfn++) {
      const page = this.#physical.page(pfn);
      if (words[page + Page.state] === FRAME_ZERO) this.#compare(task, pfn, () => 0, reporter);
      if (words[page + Page.state] !== FRAME_SYSTEM || words[page + Page.refcount] === 0) continue;
      this.#compareWithShadow(task, pfn, reporter);
    }
  }

  #compareWithShadow(task: Task, pfn: number, reporter: Reporter): void {
    const first = this.#first(pfn);
    this.#compare(task, pfn, (word) => task.words[first + word], reporter);
  }

  #compare(task: Task, pfn: number, expected: (word: number) => number, reporter: Reporter): void {
    for (let word = 0; word < this.#physical.dataWords; word++) {
      const found = task.words[this.#physical.entry(pfn, word)];
      if (found === expected(word)) continue;
      const history = this.#frames.historyOf(task.words, pfn);
      reporter.report(
        task,
        "lost-data",
        `frame ${pfn} holds ${found} in ${describe(word)}, it should hold ${expected(word)}: ${history}`,
      );
    }
  }

  #access(task: Task, mm: number, va: number, pfn: number, kind: number, word: number, value: number, reporter: Reporter): void {
    const { words } = task;
    const mapped = mm === 0 ? pfn : this.#mappedFrame(words, mm, va);
    if (mapped < 0) return; // a stale access: oracle 1's business
    const shadow = this.#first(mapped) + word;
    if (kind === ACCESS_ADD) {
      Atomics.add(words, shadow, value);
    } else if (kind === ACCESS_WRITE) {
      this.#ownWords.add(word);
      Atomics.store(words, shadow, value);
    } else if (kind === ACCESS_READ && this.#ownWords.has(word)) {
      const expected = Atomics.load(words, shadow);
      if (value === expected) return;
      reporter.report(
        task,
        "lost-data",
        `${task.name} read ${value} from ${describe(word)} at ${hex(va)} (frame ${pfn}), it had written ${expected}`,
      );
    }
  }

  /** The frame that the process maps at `va`, or -1. */
  #mappedFrame(words: Int32Array, mm: number, va: number): number {
    const pte = this.#world.cpuPte(words, mm, va);
    return (pte & PTE_PRESENT) === 0 ? -1 : ptePfn(pte);
  }

  #first(pfn: number): number {
    return this.#frames.shadowOf(this.#physical.entry(pfn, 0));
  }

  #move(words: Int32Array, from: number, to: number): void {
    words.copyWithin(to, from, from + this.#physical.dataWords);
  }
}

function describe(word: number): string {
  return word === COUNTER ? "the counter" : `the word of writer ${word - 1}`;
}
