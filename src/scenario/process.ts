import { ringDoorbell } from "../device/command_ring.ts";
import type { Gpu } from "../device/gpu.ts";
import { mmput } from "../kernel/mm/mm_count.ts";
import { mmAlloc } from "../kernel/mm/mm_alloc.ts";
import { downRead, downWrite, upRead, upWrite } from "../kernel/locking/rwsem.ts";
import type { Current } from "../kernel/current.ts";
import { loadAcquire, readOnce, storeRelease, writeOnce } from "../machine/access.ts";
import type { Run } from "../machine/step.ts";
import { embedded, NULL, Word, type Ptr } from "../machine/struct.ts";
import { PAGE_SIZE } from "../machine/pte.ts";
import { Board, idleWord, mmWord, targetPages, targetStart, vmWord } from "./board.ts";
import { awaitFault, faultCount, serveFaults } from "./fault_service.ts";
import type { Actor, Scenario, Stage } from "./stage.ts";

/**
 * The life of the processes that the GPUs work for. A system call is made by a thread *of* a process, so the process cannot
 * end meanwhile (`processLock`); reclaim, fault service and the OOM reaper are the kernel's own and can meet its end.
 */

/** Microseconds between two looks at contexts that are to become idle. */
const IDLE_POLL_US = 200;

/** Start all processes; false if out of memory. */
export function* startProcesses(actor: Actor, scenario: Scenario): Run<boolean> {
  for (let process = 0; process < actor.stage.processes; process++) {
    if (!(yield* startProcess(actor, scenario, process))) return false;
  }
  return true;
}

/** Start a process, let the scenario fill it, open it on its GPUs and set them to work; false if out of memory. */
function* startProcess(actor: Actor, scenario: Scenario, process: number): Run<boolean> {
  const { current, stage } = actor;
  const mm = yield* mmAlloc(current);
  if (mm === NULL) return false;
  yield* scenario.populate(actor, mm);
  for (const gpu of gpusOf(stage, process)) {
    const vm = yield* stage.driver.open(current, gpu, mm);
    if (vm === NULL) continue;
    yield* bindTargets(current, stage, vm);
    yield* writeOnce(current, vmWord(stage.board, gpu.index), Word.value, vm);
    yield* ringDoorbell(current, gpu);
  }
  yield* storeRelease(current, mmWord(stage.board, process), Word.value, mm);
  return true;
}

/**
 * End the processes: GPUs are told to stop, but the address spaces go while accesses and faults of theirs are still in
 * flight, as when a process is killed; the drivers' side follows as the files are closed.
 */
export function* endProcesses(actor: Actor): Run<void> {
  const { current, stage } = actor;
  const { board } = stage;
  yield* downWrite(current, embedded(board, Board.processLock));
  const mms = yield* takeProcesses(current, stage);
  yield* upWrite(current, embedded(board, Board.processLock));
  if (mms.length === 0) return;
  const vms = yield* stopGpus(current, stage);
  for (const mm of mms) yield* mmput(current, mm);
  yield* waitUntilIdle(current, stage);
  for (const vm of vms) {
    if (vm !== NULL) yield* stage.driver.close(current, vm);
  }
}

/** Do `body` as a thread of this CPU's process; false if there is none just now. */
export function* inProcess(actor: Actor, body: (mm: Ptr<"mm_struct">) => Run<void>): Run<boolean> {
  const { current, stage } = actor;
  yield* downRead(current, embedded(stage.board, Board.processLock));
  const mm = yield* processOf(actor);
  if (mm !== NULL) yield* body(mm);
  yield* upRead(current, embedded(stage.board, Board.processLock));
  return mm !== NULL;
}

/** This CPU's process, NULL if there is none just now. */
export function* processOf({ current, stage, cpu }: Actor): Run<Ptr<"mm_struct">> {
  return (yield* loadAcquire(current, mmWord(stage.board, cpu % stage.processes), Word.value)) as Ptr<"mm_struct">;
}

/** The GPUs that work for a process. */
export function gpusOf(stage: Stage, process: number): Gpu[] {
  return stage.gpus.filter(({ index }) => index % stage.processes === process);
}

/** No CPU finds a process any more. */
function* takeProcesses(current: Current, stage: Stage): Run<Ptr<"mm_struct">[]> {
  const mms: Ptr<"mm_struct">[] = [];
  for (let process = 0; process < stage.processes; process++) {
    const word = mmWord(stage.board, process);
    const mm = (yield* loadAcquire(current, word, Word.value)) as Ptr<"mm_struct">;
    yield* writeOnce(current, word, Word.value, NULL);
    if (mm !== NULL) mms.push(mm);
  }
  return mms;
}

/** Tell the drivers about all targets. */
function* bindTargets(current: Current, stage: Stage, vm: Ptr<"gpu_vm">): Run<void> {
  const count = Atomics.load(current.words, stage.board + Board.targetCount);
  for (let i = 0; i < count; i++) {
    const start = targetStart(current.words, stage.board, i);
    const pages = targetPages(current.words, stage.board, i);
    if (pages > 0) yield* stage.driver.bind(current, vm, start, start + pages * PAGE_SIZE);
  }
}

/** Take the GPUs' address spaces away; an access that has begun goes on to its end. */
function* stopGpus(current: Current, stage: Stage): Run<Ptr<"gpu_vm">[]> {
  const vms: Ptr<"gpu_vm">[] = [];
  for (const gpu of stage.gpus) {
    const word = vmWord(stage.board, gpu.index);
    vms.push((yield* readOnce(current, word, Word.value)) as Ptr<"gpu_vm">);
    yield* writeOnce(current, word, Word.value, NULL);
    yield* ringDoorbell(current, gpu);
  }
  return vms;
}

/** Serve faults until no context has an access in flight. */
export function* waitUntilIdle(current: Current, stage: Stage): Run<void> {
  for (;;) {
    const faults = yield* faultCount(current, stage);
    yield* serveFaults(current, stage);
    yield* stage.driver.work(current);
    if (yield* allIdle(current, stage)) return;
    yield* awaitFault(current, stage, faults, current.nowUs() + IDLE_POLL_US);
  }
}

function* allIdle(current: Current, stage: Stage): Run<boolean> {
  for (const gpu of stage.gpus) {
    for (let context = 0; context < gpu.config.contexts; context++) {
      if ((yield* readOnce(current, idleWord(stage.board, gpu.index, context), Word.value)) === 0) return false;
    }
  }
  return true;
}
