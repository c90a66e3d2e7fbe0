import { FRAME_SYSTEM, FRAME_ZERO, Page } from "../../../machine/physical.ts";
import { PAGE_SIZE, PTE_PRESENT, ptePfn } from "../../../machine/pte.ts";
import { NULL, Word } from "../../../machine/struct.ts";
import type { Task } from "../../../machine/task.ts";
import { deviceEvents } from "../../../device/tracepoints.ts";
import { ACCESS_ADD, ACCESS_READ, ACCESS_WRITE, kernelEvents } from "../../../kernel/tracepoints.ts";
import { TlbRow } from "../../books/tlb_shadow.ts";
import { hex } from "../../../trace/format.ts";
import type { MemoryWatch, Oracle } from "../oracle.ts";

/** The content word that all processors add to. */
const COUNTER = 0;

/**
 * Oracle 3, no lost data: beside each data word stands what the process must find there. A write is mirrored to the frame that
 * the process maps at that address *now*, wherever the access itself went; a copy takes the mirror along at the moment at
 * which it takes the page's place. So a write that went to the wrong frame, or into a page already copied, shows.
 *
 * Certain on threads: a word has one writer, whose own mirror is in step with it, and each writer checks only its own word. The
 * counter, which all add to, and everybody else's words are compared when nobody can write to the page any more, because
 * it is being freed or because nobody runs.
 */
export function watchLostData(watch: MemoryWatch): Oracle {
  watchCopies(watch);
  const { compare, sweep } = comparison(watch);
  const { tracer, books } = watch;
  tracer.on("judge", kernelEvents.pageFree, (task, pfn, _generation, state) => {
    // A copy or a page read from swap that found its place taken never was anybody's.
    if (state === FRAME_SYSTEM && books.frames.wasMapped(task.words, pfn)) compare(task, pfn);
  });
  const ownWords = watchAccesses(watch);
  return { atQuiescence: sweep, reset: () => ownWords.clear() };
}

/** What should be there goes where the content goes. */
function watchCopies({ tracer, layout, world, books: { frames } }: MemoryWatch): void {
  const { dataWords } = world.physical;
  const slots = layout.place(Word, "check.swap_word", world.swapSlots * dataWords);
  const first = (pfn: number) => frames.firstOf(pfn);
  const move = ({ words }: Task, from: number, to: number) => words.copyWithin(to, from, from + dataWords);
  tracer.on("book", kernelEvents.pageCopied, (task, from, to) => void move(task, first(from), first(to)));
  tracer.on("book", kernelEvents.swapOut, (task, pfn, slot) => void move(task, first(pfn), slots + slot * dataWords));
  tracer.on("book", kernelEvents.swapIn, (task, slot, pfn) => void move(task, slots + slot * dataWords, first(pfn)));
}

/**
 * Each access is mirrored, and each word is checked by its writer. Returns the content words that tasks of this thread have
 * written.
 */
function watchAccesses({ tracer, world, books: { frames, tlbs }, report }: MemoryWatch): Set<number> {
  const ownWords = new Set<number>();
  /** The frame that the process maps at `va`, or -1. */
  const mappedFrame = (words: Int32Array, mm: number, va: number) => {
    const pte = world.cpuPte(words, mm, va);
    return (pte & PTE_PRESENT) === 0 ? -1 : ptePfn(pte);
  };
  const access = (task: Task, mm: number, va: number, pfn: number, kind: number, word: number, value: number) => {
    const { words } = task;
    const mapped = mm === 0 ? pfn : mappedFrame(words, mm, va);
    if (mapped < 0) return; // a stale access: oracle 1's business
    const shadow = frames.firstOf(mapped) + word;
    if (kind === ACCESS_ADD) {
      Atomics.add(words, shadow, value);
    } else if (kind === ACCESS_WRITE) {
      ownWords.add(word);
      Atomics.store(words, shadow, value);
    } else if (kind === ACCESS_READ && ownWords.has(word)) {
      const written = Atomics.load(words, shadow);
      if (value === written) return;
      const where = `${describe(word)} at ${hex(va)} (frame ${pfn})`;
      report(task, "lost-data", `${task.name} read ${value} from ${where}, it had written ${written}`);
    }
  };
  tracer.on("judge", kernelEvents.cpuAccess, access);
  tracer.on("judge", deviceEvents.deviceAccess, (task, gpu, va, pfn, kind, value, entry) => {
    const row = tlbs.find(task.words, gpu, entry);
    // Through the CPU's own table a write may still reach the old page until that is flushed and only then copied.
    const isMirror = row !== NULL && task.words[row + TlbRow.isMirror] !== 0;
    const mm = isMirror ? task.words[row + TlbRow.mm] : 0;
    access(task, mm, va, pfn, kind, (va % PAGE_SIZE) / 4, value);
  });
  return ownWords;
}

/** Whole pages against what they should hold, when nobody can write to them. */
function comparison({ world: { physical }, books: { frames }, report }: MemoryWatch) {
  const compareWith = (task: Task, pfn: number, expected: (word: number) => number) => {
    for (let word = 0; word < physical.dataWords; word++) {
      const found = task.words[physical.entry(pfn, word)];
      if (found === expected(word)) continue;
      const history = frames.historyOf(task.words, pfn);
      const what = `frame ${pfn} holds ${found} in ${describe(word)}, it should hold ${expected(word)}`;
      report(task, "lost-data", `${what}: ${history}`);
    }
  };
  const compare = (task: Task, pfn: number) => {
    const first = frames.firstOf(pfn);
    compareWith(task, pfn, (word) => task.words[first + word]);
  };
  const sweep = (task: Task) => {
    const { words } = task;
    for (let pfn = 0; pfn < physical.frames; pfn++) {
      const page = physical.page(pfn);
      if (words[page + Page.state] === FRAME_ZERO) compareWith(task, pfn, () => 0);
      if (words[page + Page.state] === FRAME_SYSTEM && words[page + Page.refcount] !== 0) compare(task, pfn);
    }
  };
  return { compare, sweep };
}

function describe(word: number): string {
  return word === COUNTER ? "the counter" : `the word of writer ${word - 1}`;
}
