import { readOnce, visit } from "../machine/access.ts";
import { futexWait } from "../machine/futex.ts";
import type { Run } from "../machine/step.ts";
import type { Ptr } from "../machine/struct.ts";
import type { Task } from "../machine/task.ts";
import { trace } from "../machine/tracepoint.ts";
import { commandAt, isTlbInvalidation, retireCommands, takeCommand } from "./command_ring.ts";
import { drawFate, serveInvalidation } from "./invalidation.ts";
import { Event } from "./event.ts";
import { COMMAND_DONE, GpuCommand, GpuRegisters, type Gpu } from "./gpu.ts";
import { servePreemption } from "./preemption.ts";
import { isStopped } from "./stop.ts";
import { deviceEvents } from "./tracepoints.ts";

/**
 * The command engine: takes requests off the ring as soon as they are there, keeps all of them going at once, and answers
 * each when its time has come. TLB invalidations are answered in the order of the ring, each a latency after it was *sent*:
 * many of them cost one latency, not many, and when this task gets round to looking makes no difference. Requests for one
 * context are carried out in the order of the ring.
 *
 * It runs until the GPU is stopped, and waits for nothing that a processor would have to do first.
 */
export function* engineLoop(task: Task, gpu: Gpu): Run<void> {
  for (;;) {
    const count = yield* readOnce(task, gpu.doorbell, Event.count);
    if (yield* isStopped(task, gpu)) return;
    while (yield* takeNext(task, gpu)) {
      /* until none is left */
    }
    const nextUs = yield* serveTaken(task, gpu);
    yield* retireCommands(task, gpu);
    yield* futexWait(task, gpu.doorbell, Event.count, count, nextUs);
  }
}

/** False if there was none to take. */
function* takeNext(task: Task, gpu: Gpu): Run<boolean> {
  const command = yield* takeCommand(task, gpu);
  if (command === 0) return false;
  const { words } = task;
  const op = words[command + GpuCommand.op];
  trace(task, deviceEvents.commandStart, gpu.index, op, words[command + GpuCommand.seqno]);
  if (isTlbInvalidation(op)) yield* drawFate(task, gpu, command);
  return true;
}

/** Bring each request under way as far as it goes now. When the next one is due (absolute, in microseconds). */
function* serveTaken(task: Task, gpu: Gpu): Run<number> {
  const { regs } = gpu;
  const { words } = task;
  const taken = words[regs + GpuRegisters.taken];
  let nextUs = Infinity;
  let mayAnswer = true; // no TLB invalidation ahead waits for its answer
  let contextsAhead = 0; // one bit for each context that an unfinished request ahead is about
  for (let position = words[regs + GpuRegisters.head]; position !== taken; position = (position + 1) | 0) {
    const command = commandAt(gpu, position);
    yield* visit(task, command);
    if (isDone(words, command)) continue;
    if (isTlbInvalidation(words[command + GpuCommand.op])) {
      nextUs = Math.min(nextUs, yield* serveInvalidation(task, gpu, command, mayAnswer));
      mayAnswer &&= isDone(words, command);
    } else {
      const context = 1 << words[command + GpuCommand.start];
      if ((contextsAhead & context) === 0) yield* servePreemption(task, gpu, command);
      if (!isDone(words, command)) contextsAhead |= context;
    }
  }
  return nextUs;
}

function isDone(words: Int32Array, command: Ptr<"gpu_command">): boolean {
  return words[command + GpuCommand.phase] === COMMAND_DONE;
}
