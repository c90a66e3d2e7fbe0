import { addrOf, kindOf, STEP_NAMES } from "../../../machine/step.ts";
import type { Engine, Thread } from "../engine/engine.ts";
import type { Failure } from "../engine/failure.ts";
import { findLostWakeup } from "./lost_wakeup.ts";

/** What a subject knows about its threads' waits. */
export interface Waits {
  nameOf(addr: number): string;
  /** Id of the task that holds the lock whose word this is; 0 if it is no lock, or nobody knows. */
  ownerOf?(addr: number): number;
  /** Is this the word of a condition variable, at which threads await a signal? */
  isCondition?(addr: number): boolean;
  /** May the thread wait forever, or is it done? Default: only if it is done. */
  isIdle?(thread: Thread): boolean;
}

/**
 * Nobody can run any more, or nobody gets anywhere under a fair schedule. Which of it:
 *
 * - `lost-wakeup`: some task would go on if it were woken for no reason, so what it waits for has happened;
 * - `deadlock`: nobody can run, and waking does not help;
 * - `partial-deadlock`: some wait in a circle, while others still go round;
 * - `livelock`: nobody waits in a circle, but they go round without an end.
 *
 * The engine's execution is over afterwards: it may have been carried on to find out.
 */
export function deadlockOf(engine: Engine, ending: "deadlock" | "livelock", waits: Waits): Failure {
  const isIdle = waits.isIdle ?? (({ state }: Thread) => state === "done");
  const stuck = engine.threads.filter((thread) => !isIdle(thread));
  const details = stuck.map((thread) => describe(engine, thread, waits));
  const circle = circleOf(engine, stuck, waits);
  const failure = (
    kind: "deadlock" | "partial-deadlock" | "lost-wakeup" | "livelock",
    who: readonly Thread[],
    message: string,
  ): Failure => ({ kind, rule: kind, message, task: who[0]?.task.name ?? "", details });
  if (ending === "livelock") {
    if (circle.length === 0)
      return failure("livelock", stuck, say(stuck, "spins forever", "spin forever", "under a fair schedule"));
    const others = stuck.filter((thread) => !circle.includes(thread));
    const wait = say(circle, "waits for itself", "wait for each other", "forever");
    return failure("partial-deadlock", circle, `${wait}, while ${say(others, "goes on", "go on")}`);
  }
  const sleeper = circle.length > 0 ? null : findLostWakeup(engine, stuck, isIdle, (addr) => waits.isCondition?.(addr) ?? false);
  if (sleeper !== null)
    return failure("lost-wakeup", [sleeper], `${sleeper.task.name} sleeps forever although what it waits for has happened`);
  return failure("deadlock", stuck, say(stuck, "waits", "wait", "forever"));
}

/** Who does what: `t0, t1 wait forever`. */
function say(who: readonly Thread[], one: string, many: string, how = ""): string {
  return `${who.map(({ task }) => task.name).join(", ")} ${who.length === 1 ? one : many} ${how}`.trimEnd();
}

/** Threads that wait for each other in a circle, each for a lock that the next one holds; empty if there is none. */
function circleOf(engine: Engine, stuck: readonly Thread[], waits: Waits): readonly Thread[] {
  for (const start of stuck) {
    const path: Thread[] = [];
    let at: Thread | undefined = start;
    while (at !== undefined && !path.includes(at)) {
      path.push(at);
      at = ownerOf(engine, at, waits);
    }
    if (at === start) return path;
  }
  return [];
}

/** Who holds the lock that a thread waits for. */
function ownerOf(engine: Engine, { state, next }: Thread, waits: Waits): Thread | undefined {
  if (state === "runnable" || state === "done" || waits.ownerOf === undefined) return undefined;
  const id = waits.ownerOf(addrOf(next));
  return id === 0 ? undefined : engine.threads.find(({ task }) => task.id === id);
}

function describe(engine: Engine, thread: Thread, waits: Waits): string {
  const { task, state, next } = thread;
  const owner = ownerOf(engine, thread, waits);
  const heldBy = owner === undefined ? "" : `, held by ${owner.task.name}`;
  return `${task.name} is ${state} at ${STEP_NAMES[kindOf(next)]} ${waits.nameOf(addrOf(next))}${heldBy}`;
}
