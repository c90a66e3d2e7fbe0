import { fetchAdd, readOnce, storeRelease, writeOnce } from "../machine/access.ts";
import { ACCESS_ADD, ACCESS_WRITE } from "../machine/access_kind.ts";
import { cpuRelax, futexWait } from "../machine/futex.ts";
import { PAGE_SIZE, pageAlignDown, ptePfn } from "../machine/pte.ts";
import type { Run } from "../machine/step.ts";
import { embedded, Word, type Ptr } from "../machine/struct.ts";
import type { Task } from "../machine/task.ts";
import { trace } from "../machine/tracepoint.ts";
import { Event } from "./event.ts";
import { FAULT_STOPPED, raiseFault } from "./fault_buffer.ts";
import { CONTEXT_OFF, CONTEXT_RUNNING, GpuContext, type Gpu } from "./gpu.ts";
import { beginAccess, endAccess } from "./in_flight.ts";
import { preemptionPoint } from "./preemption.ts";
import type { Translation } from "./tlb.ts";
import { deviceEvents } from "./tracepoints.ts";
import { OVERTAKEN, TRANSLATED, translate } from "./translate.ts";

/** What an execution context is told to do. */
export interface Access {
  readonly vm: Ptr<"gpu_vm">;
  /**
   * Process address in bytes. A read gets the content word there; writes and additions go to the word of their kind in its page.
   */
  readonly va: number;
  /** ACCESS_* */
  readonly kind: number;
  /** Written, or added. */
  readonly value: number;
}

/** The next access of a context, or null: nothing to do until the doorbell rings. */
export type Program = () => Access | null;

/** Faults of one access before the context gives it up, as GPUs do. */
const MAX_FAULTS = 64;
/** Accesses between two pauses in which the other tasks of a GPU that share its thread get their turn. */
const ACCESSES_A_TURN = 4;

/** Execution context `index` of a GPU: carries out a program, one access after the other, until the GPU is stopped. */
export function* contextLoop(task: Task, gpu: Gpu, index: number, program: Program): Run<void> {
  const context = gpu.contexts[index];
  const translation: Translation = { pte: 0, pteAddr: 0, stamp: 0, epoch: 0 };
  yield* storeRelease(task, context, GpuContext.state, CONTEXT_RUNNING);
  let isAlive = yield* preemptionPoint(task, gpu, context, true);
  for (let count = 1; isAlive; count++) {
    const access = yield* nextAccess(task, gpu, context, program);
    isAlive = access !== null && (yield* carryOut(task, gpu, index, access, translation));
    if (count % ACCESSES_A_TURN === 0) yield* cpuRelax();
  }
  yield* storeRelease(task, context, GpuContext.state, CONTEXT_OFF);
}

/** Null if the context is to end. */
function* nextAccess(task: Task, gpu: Gpu, context: Ptr<"gpu_context">, program: Program): Run<Access | null> {
  if (!(yield* preemptionPoint(task, gpu, context, false))) return null;
  let access = program();
  while (access === null) {
    const event = embedded(context, GpuContext.event);
    const count = yield* readOnce(task, event, Event.count);
    if (!(yield* preemptionPoint(task, gpu, context, true))) return null;
    access = program(); // asked again after the count was read, so that no doorbell is missed
    if (access === null) yield* futexWait(task, event, Event.count, count);
  }
  return access;
}

/** Access, fault, access again, … False if the context is to end. */
function* carryOut(task: Task, gpu: Gpu, index: number, access: Access, translation: Translation): Run<boolean> {
  const context = gpu.contexts[index];
  const { vm, va, kind } = access;
  for (let faults = 0; faults < MAX_FAULTS; faults++) {
    if (yield* tryAccess(task, gpu, index, access, translation)) {
      task.words[context + GpuContext.accesses]++;
      return true;
    }
    task.words[context + GpuContext.faults]++;
    const result = yield* raiseFault(task, gpu, index, vm, va, kind);
    if (result === FAULT_STOPPED) return false;
    if (result < 0) break;
  }
  task.words[context + GpuContext.errors]++;
  return true;
}

/** False if it faulted. */
function* tryAccess(task: Task, gpu: Gpu, index: number, access: Access, translation: Translation): Run<boolean> {
  const context = gpu.contexts[index];
  const domain = gpu.tlbDomainOf(index);
  for (;;) {
    yield* beginAccess(task, context);
    const outcome = yield* translate(task, gpu, domain, access.vm, access.va, access.kind, translation);
    if (outcome === TRANSLATED) yield* touch(task, gpu, access, translation);
    yield* endAccess(task, context);
    if (outcome !== OVERTAKEN) return outcome === TRANSLATED;
  }
}

/** The access itself, to the frame that the translation names. */
function* touch(task: Task, gpu: Gpu, access: Access, { pte, stamp }: Translation): Run<void> {
  const { physical } = gpu;
  const pfn = ptePfn(pte);
  let word: Ptr<"word">;
  let { value } = access;
  switch (access.kind) {
    case ACCESS_WRITE:
      word = physical.writerWord(pfn, gpu.writer);
      yield* writeOnce(task, word, Word.value, value);
      break;
    case ACCESS_ADD:
      word = physical.counterWord(pfn);
      yield* fetchAdd(task, word, Word.value, value);
      break;
    default:
      word = physical.entry(pfn, (access.va % PAGE_SIZE) >> 2);
      value = yield* readOnce(task, word, Word.value);
  }
  const va = pageAlignDown(access.va) + (word - physical.content(pfn)) * 4;
  trace(task, deviceEvents.deviceAccess, gpu.index, va, pfn, access.kind, value, stamp);
}
