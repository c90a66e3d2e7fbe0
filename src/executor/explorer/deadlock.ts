import { addrOf, kindOf, STEP_NAMES } from "../../machine/step.ts";
import type { Engine, Thread } from "./engine.ts";
import type { Failure } from "./failure.ts";

/** Nobody can run any more, or nobody gets anywhere: who waits for what. */
export function deadlockOf(engine: Engine, kind: "deadlock" | "livelock", nameOf: (addr: number) => string): Failure {
  const living = engine.threads.filter((thread) => thread.state !== "done");
  const message = kind === "deadlock"
    ? `${living.map(({ task }) => task.name).join(", ")} wait for ever`
    : `${living.map(({ task }) => task.name).join(", ")} go round and round under a fair schedule`;
  return { kind, rule: kind, message, task: living[0]?.task.name ?? "", details: living.map((thread) => describe(thread, nameOf)) };
}

function describe({ task, state, next }: Thread, nameOf: (addr: number) => string): string {
  return `${task.name} is ${state} at ${STEP_NAMES[kindOf(next)]} ${nameOf(addrOf(next))}`;
}
