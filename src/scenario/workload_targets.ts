import { readOnce } from "../machine/access.ts";
import { PAGE_SIZE, pageAlignUp } from "../machine/pte.ts";
import type { Run } from "../machine/step.ts";
import { NULL, Word, type Ptr } from "../machine/struct.ts";
import { ringDoorbell } from "../device/command_ring.ts";
import type { Gpu } from "../device/gpu.ts";
import { PROT_READ } from "../kernel/mm/mman.ts";
import { Board, idleWord, MAX_TARGETS, setTarget, targetPages, targetStart, vmWord } from "./board.ts";
import type { Actor, Stage } from "./stage.ts";
import type { Op } from "./strace/workload.ts";

/** Pages of one mapping that GPUs are told to touch; programs reserve far more than they use. */
const MOST_PAGES = 512;

/** Keep what the GPUs touch up to date with a call that has just been made. */
export function* offerTarget(actor: Actor, op: Op, result: number): Run<void> {
  if (result < 0) return;
  switch (op.call) {
    case "mmap":
      yield* withdraw(actor, result, op.length);
      if ((op.prot & PROT_READ) !== 0) yield* offer(actor, op, result, op.length);
      break;
    case "mremap":
      yield* withdraw(actor, op.addr, op.length);
      yield* offer(actor, op, result, op.newLength);
      break;
    case "munmap":
      yield* withdraw(actor, op.addr, op.length);
      break;
    case "mprotect":
      yield* withdraw(actor, op.addr, op.length);
      if ((op.prot & PROT_READ) !== 0) yield* offer(actor, op, op.addr, op.length);
      break;
    case "madvise":
    case "brk":
      break;
  }
}

/** No targets any more, before a process is set up. */
export function clearTargets(words: Int32Array, board: Ptr<"board">): void {
  for (let index = 0; index < MAX_TARGETS; index++) setTarget(words, board, index, 0, 0);
  Atomics.store(words, board + Board.targetCount, 0);
}

/** The slot follows from the call's line, so that CPUs do not fight for one; a long log overwrites its oldest. */
function* offer(actor: Actor, op: Op, start: number, length: number): Run<void> {
  const { current, stage } = actor;
  const index = op.line % MAX_TARGETS;
  yield* dropTarget(actor, index);
  const pages = Math.min(MOST_PAGES, pageAlignUp(length) / PAGE_SIZE);
  for (const gpu of stage.gpus) {
    const vm = (yield* readOnce(current, vmWord(stage.board, gpu.index), Word.value)) as Ptr<"gpu_vm">;
    if (vm !== NULL) yield* stage.driver.bind(current, vm, start, start + pages * PAGE_SIZE);
  }
  setTarget(current.words, stage.board, index, start, pages);
  for (const gpu of stage.gpus) {
    if (isAnyIdle(current.words, stage, gpu)) yield* ringDoorbell(current, gpu);
  }
}

/** A context that found nothing to touch sleeps until its doorbell rings. */
function isAnyIdle(words: Int32Array, stage: Stage, gpu: Gpu): boolean {
  return gpu.contexts.some((_, context) => Atomics.load(words, idleWord(stage.board, gpu.index, context)) === 1);
}

/** The GPUs lose sight of what lies within [start, start + length). */
function* withdraw(actor: Actor, start: number, length: number): Run<void> {
  const { words } = actor.current;
  const { board } = actor.stage;
  const count = Atomics.load(words, board + Board.targetCount);
  for (let index = 0; index < count; index++) {
    const target = targetStart(words, board, index);
    if (targetPages(words, board, index) > 0 && target >= start && target < start + length) yield* dropTarget(actor, index);
  }
}

function* dropTarget(actor: Actor, index: number): Run<void> {
  const { current, stage } = actor;
  const pages = targetPages(current.words, stage.board, index);
  if (pages === 0) return;
  const start = targetStart(current.words, stage.board, index);
  setTarget(current.words, stage.board, index, start, 0);
  for (const gpu of stage.gpus) {
    const vm = (yield* readOnce(current, vmWord(stage.board, gpu.index), Word.value)) as Ptr<"gpu_vm">;
    if (vm !== NULL) yield* stage.driver.unbind(current, vm, start, start + pages * PAGE_SIZE);
  }
}
