import { peekAddr, pokeAddr } from "../machine/access.ts";
import { chance } from "../machine/futex.ts";
import type { Run } from "../machine/step.ts";
import type { Ptr } from "../machine/struct.ts";
import type { Task } from "../machine/task.ts";
import { trace } from "../machine/tracepoint.ts";
import { commandAt, isTlbInvalidation } from "./command_ring.ts";
import { answerCommand } from "./completion_ring.ts";
import {
  CMD_TLB_INVAL_ALL,
  COMMAND_APPLIED,
  COMMAND_DONE,
  COMMAND_TAKEN,
  FATE_EARLY,
  FATE_LOST,
  FATE_OVERTAKES,
  GpuCommand,
  GpuRegisters,
  type Gpu,
} from "./gpu.ts";
import { drainAccesses } from "./in_flight.ts";
import { drawLatencyUs } from "./latency.ts";
import { removeFromTlb } from "./tlb.ts";
import { deviceEvents } from "./tracepoints.ts";

/**
 * A TLB invalidation promises one thing, and only with its answer: in its domain, no access through a translation that was made
 * before it is in flight, and none will follow. At which moment of its latency the entries really go is the hardware's own
 * affair.
 */

/**
 * Of the invalidations that take time, this share (in percent) flushes at once, the rest at the last moment. Early, a page-table
 * entry that was not yet cleared is walked and cached again; late, stale entries live as long as they can: either way
 * it is the driver that loses who relies on more than the answer.
 */
const EARLY_FLUSH_PERCENT = 50;

/** Decide what becomes of an invalidation just taken, and when it is due. */
export function* drawFate(task: Task, gpu: Gpu, command: Ptr<"gpu_command">): Run<void> {
  const { config } = gpu;
  let delayUs = yield* drawLatencyUs(task, config.tlbLatencyUs);
  let fate = 0;
  if (isInvalidationAhead(task, gpu, command) && (yield* chance(task, config.outOfOrderPercent, "the answer overtakes"))) {
    fate = FATE_OVERTAKES;
    delayUs = 0;
  } else if (yield* chance(task, config.lostAnswerPercent, "the answer is lost")) {
    fate = FATE_LOST;
  } else if (yield* chance(task, config.lateAnswerPercent, "the answer is late")) {
    delayUs += config.lateAnswerUs;
  }
  if (delayUs > 0 && (yield* chance(task, EARLY_FLUSH_PERCENT, "the flush comes early"))) fate |= FATE_EARLY;
  const { words } = task;
  pokeAddr(words, command + GpuCommand.dueNs, peekAddr(words, command + GpuCommand.sentNs) + Math.round(delayUs * 1000));
  words[command + GpuCommand.fate] = fate;
}

/**
 * Flush and answer if it is time, and `mayAnswer` or it overtakes. When it will be time (absolute, microseconds), else Infinity.
 */
export function* serveInvalidation(task: Task, gpu: Gpu, command: Ptr<"gpu_command">, mayAnswer: boolean): Run<number> {
  const { words } = task;
  const fate = words[command + GpuCommand.fate];
  const dueUs = peekAddr(words, command + GpuCommand.dueNs) / 1000;
  const isDue = task.nowUs() >= dueUs;
  if (words[command + GpuCommand.phase] === COMMAND_TAKEN && (isDue || (fate & FATE_EARLY) !== 0)) {
    yield* flush(task, gpu, command);
  }
  if (!isDue) return dueUs;
  if ((fate & FATE_LOST) !== 0) {
    words[command + GpuCommand.phase] = COMMAND_DONE;
  } else if (mayAnswer || (fate & FATE_OVERTAKES) !== 0) {
    words[command + GpuCommand.phase] = COMMAND_DONE; // first: whoever gets the answer finds it done
    yield* answerCommand(task, gpu, command);
  }
  return Infinity;
}

function* flush(task: Task, gpu: Gpu, command: Ptr<"gpu_command">): Run<void> {
  const { words } = task;
  const domain = words[command + GpuCommand.tlbDomain];
  const asid = words[command + GpuCommand.asid];
  const isAll = words[command + GpuCommand.op] === CMD_TLB_INVAL_ALL;
  const start = isAll ? 0 : peekAddr(words, command + GpuCommand.start);
  const end = isAll ? 0 : peekAddr(words, command + GpuCommand.end);
  yield* removeFromTlb(task, gpu.tlbs[domain], asid, start, isAll ? Infinity : end);
  yield* drainAccesses(task, gpu, domain);
  trace(task, deviceEvents.tlbFlushed, gpu.index, asid, start, end, words[command + GpuCommand.seqno]);
  words[command + GpuCommand.phase] = COMMAND_APPLIED;
}

/** Is an invalidation that was taken before this one unfinished? Looks only at what the engine itself writes. */
function isInvalidationAhead(task: Task, gpu: Gpu, command: Ptr<"gpu_command">): boolean {
  const { words } = task;
  for (let position = words[gpu.regs + GpuRegisters.head]; commandAt(gpu, position) !== command; position = (position + 1) | 0) {
    const ahead = commandAt(gpu, position);
    if (isTlbInvalidation(words[ahead + GpuCommand.op]) && words[ahead + GpuCommand.phase] !== COMMAND_DONE) return true;
  }
  return false;
}
