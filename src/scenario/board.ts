import type { Layout } from "../machine/layout.ts";
import { peekAddr, pokeAddr } from "../machine/access.ts";
import { array, element, struct, u32, u64, Word, type Ptr } from "../machine/struct.ts";
import { MAX_CONTEXTS } from "../device/gpu.ts";
import { Rwsem } from "../kernel/locking/rwsem.ts";

/**
 * What the processors of a run tell each other about the run itself: how far it is, which processes the GPUs work for, and
 * what there is to touch. None of it is part of the machine under test.
 */

/** Phases of a run, in order. */
export const PHASE_BOOT = 0;
/** CPUs disturb, GPUs work. */
export const PHASE_RUN = 1;
/** No new disturbance; everything in flight comes to its end. */
export const PHASE_DRAIN = 2;
/** CPU 0 takes down what it set up; the others only serve faults. */
export const PHASE_TEARDOWN = 3;
export const PHASE_HALT = 4;

/** Ranges that the GPUs may be told to touch. */
export const MAX_TARGETS = 1024;
/** CPUs of one machine, and so processes. */
export const MAX_CPUS = 64;
/** GPUs of one machine. */
export const MAX_GPUS = 4096;

const Target = struct("target", { start: u64, pages: u32 });

export const Board = struct("board", {
  phase: u32,
  /** The processes that the GPUs work for. */
  mms: array(Word, MAX_CPUS),
  /** Held for reading by a thread of a process during a system call, for writing by who ends the processes. */
  processLock: Rwsem,
  /** CPUs whose last operation is over. */
  cpusDone: u32,
  /** Operations done, over all CPUs. */
  operations: u32,
  /** One more than the highest target in use. */
  targetCount: u32,
  targets: array(Target, MAX_TARGETS),
  /** The GPUs' address spaces; 0: nothing to do. */
  vms: array(Word, MAX_GPUS),
  /** 1 while a context has no access in flight and will not begin one. */
  idle: array(Word, MAX_GPUS * MAX_CONTEXTS),
});

export function placeBoard(layout: Layout): Ptr<"board"> {
  return layout.place(Board, "board");
}

/** Address of the word in which process `process` stands. */
export function mmWord(board: Ptr<"board">, process: number): Ptr<"word"> {
  return element(board, Board.mms, Word, process);
}

/** Address of the word in which GPU `gpu` finds its address space. */
export function vmWord(board: Ptr<"board">, gpu: number): Ptr<"word"> {
  return element(board, Board.vms, Word, gpu);
}

export function idleWord(board: Ptr<"board">, gpu: number, context: number): Ptr<"word"> {
  return element(board, Board.idle, Word, gpu * MAX_CONTEXTS + context);
}

/** Make [start, start + pages) the target number `index`. */
export function setTarget(words: Int32Array, board: Ptr<"board">, index: number, start: number, pages: number): void {
  const target = element(board, Board.targets, Target, index);
  Atomics.store(words, target + Target.pages, 0);
  pokeAddr(words, target + Target.start, start);
  Atomics.store(words, target + Target.pages, pages);
  let count = Atomics.load(words, board + Board.targetCount);
  while (count <= index) {
    Atomics.compareExchange(words, board + Board.targetCount, count, index + 1);
    count = Atomics.load(words, board + Board.targetCount);
  }
}

/** First byte of target `index`. */
export function targetStart(words: Int32Array, board: Ptr<"board">, index: number): number {
  return peekAddr(words, element(board, Board.targets, Target, index) + Target.start);
}

/** Pages of target `index`; 0 if there is none. */
export function targetPages(words: Int32Array, board: Ptr<"board">, index: number): number {
  return Atomics.load(words, element(board, Board.targets, Target, index) + Target.pages);
}

/** No new disturbance from now on; for whoever watches over the run. Before and after it, nothing happens. */
export function endDisturbance(words: Int32Array, board: Ptr<"board">): void {
  Atomics.compareExchange(words, board + Board.phase, PHASE_RUN, PHASE_DRAIN);
  Atomics.notify(words, board + Board.phase);
}
