import { fetchAdd, readOnce, writeOnce } from "../machine/access.ts";
import { futexWait, futexWake } from "../machine/futex.ts";
import type { Run } from "../machine/step.ts";
import { CONTEXT_OFF, GpuContext } from "../device/gpu.ts";
import { stopGpu } from "../device/stop.ts";
import { srcuRunCallbacks } from "../kernel/srcu.ts";
import { Board, PHASE_BOOT, PHASE_DRAIN, PHASE_HALT, PHASE_RUN, PHASE_TEARDOWN } from "./board.ts";
import { awaitFault, faultCount, serveFaults } from "./fault_service.ts";
import { endProcesses, startProcesses, waitUntilIdle } from "./process.ts";
import type { Actor, Scenario } from "./stage.ts";

/** Microseconds that an idle CPU sleeps before it looks around again. */
const IDLE_POLL_US = 500;

/** CPU 0, from power-on to power-off: sets the stage, disturbs with the others, takes the stage down. */
export function* bootCpu(actor: Actor, scenario: Scenario): Run<boolean> {
  const isSetUp = yield* startProcesses(actor, scenario);
  yield* waitForGpus(actor);
  yield* enterPhase(actor, isSetUp ? PHASE_RUN : PHASE_DRAIN);
  yield* disturb(actor, scenario);
  yield* waitForCpus(actor);
  yield* waitUntilIdle(actor.current, actor.stage);
  yield* enterPhase(actor, PHASE_TEARDOWN);
  if (scenario.clear !== undefined) yield* scenario.clear(actor);
  yield* endProcesses(actor);
  while (yield* srcuRunCallbacks(actor.current)) {
    /* until the queue is empty */
  }
  yield* enterPhase(actor, PHASE_HALT);
  for (const gpu of actor.stage.gpus) yield* stopGpu(actor.current, gpu);
  return isSetUp;
}

/** Any other CPU. */
export function* secondaryCpu(actor: Actor, scenario: Scenario): Run<void> {
  const { current, stage } = actor;
  while ((yield* readOnce(current, stage.board, Board.phase)) === PHASE_BOOT) {
    yield* futexWait(current, stage.board, Board.phase, PHASE_BOOT);
  }
  yield* disturb(actor, scenario);
  for (;;) {
    const faults = yield* faultCount(current, stage);
    if ((yield* readOnce(current, stage.board, Board.phase)) === PHASE_HALT) return;
    if (!(yield* background(actor))) yield* awaitFault(current, stage, faults, current.nowUs() + IDLE_POLL_US);
  }
}

/** A GPU whose worker has not started yet would sleep through the first disturbance, or all of a short one. */
function* waitForGpus({ current, stage }: Actor): Run<void> {
  for (const gpu of stage.gpus) {
    for (const context of gpu.contexts) {
      while ((yield* readOnce(current, context, GpuContext.state)) === CONTEXT_OFF) {
        const faults = yield* faultCount(current, stage);
        yield* serveFaults(current, stage);
        yield* awaitFault(current, stage, faults, current.nowUs() + IDLE_POLL_US);
      }
    }
  }
}

/** As the threads of a process: its memory goes when the last of them has returned from its last call. */
function* waitForCpus(actor: Actor): Run<void> {
  const { current, stage } = actor;
  while ((yield* readOnce(current, stage.board, Board.cpusDone)) < stage.cpus) {
    const faults = yield* faultCount(current, stage);
    if (!(yield* background(actor))) yield* awaitFault(current, stage, faults, current.nowUs() + IDLE_POLL_US);
  }
}

/** Operation after operation, with the kernel's background work in between, while the phase lasts. */
function* disturb(actor: Actor, scenario: Scenario): Run<void> {
  const { current, stage } = actor;
  while ((yield* readOnce(current, stage.board, Board.phase)) === PHASE_RUN) {
    yield* background(actor);
    yield* scenario.operation(actor);
    yield* fetchAdd(current, stage.board, Board.operations, 1);
  }
  yield* fetchAdd(current, stage.board, Board.cpusDone, 1);
}

/** Faults, deferred driver work, SRCU callbacks; false if there was nothing to do. */
function* background(actor: Actor): Run<boolean> {
  const { current, stage } = actor;
  const served = yield* serveFaults(current, stage);
  const worked = yield* stage.driver.work(current);
  const called = yield* srcuRunCallbacks(current);
  return served || worked || called;
}

function* enterPhase(actor: Actor, phase: number): Run<void> {
  const { current, stage } = actor;
  yield* writeOnce(current, stage.board, Board.phase, phase);
  yield* futexWake(current, stage.board, Board.phase);
}
