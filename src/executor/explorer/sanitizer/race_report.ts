import { fieldName, type StructType } from "../../../machine/struct.ts";
import type { Engine } from "../engine/engine.ts";
import type { Failure } from "../engine/failure.ts";
import type { Race, Side } from "./data_race.ts";
import { witnessOf } from "./stacks.ts";

/** A data race in the manner of KCSAN: both sides, with stacks and values if the engine remembers them. */
export function describeRace(engine: Engine, race: Race, name: string): Failure {
  const { first, second } = race;
  const [one, other] = [first, second].map(({ thread, what }) => `${what} by ${taskOf(engine, thread)}`);
  return {
    kind: "data-race",
    rule: `data-race ${name.replaceAll(/#?\d+(?=[.\]]|$)/g, "")}`,
    message: `${name}: nothing orders the ${one} and the ${other}`,
    task: taskOf(engine, second.thread),
    details: [...describeSide(engine, first), ...describeSide(engine, second)],
  };
}

/** Name of a field whatever the object: `mmu_interval_notifier.ops`, `gpu_registers.ring[].op`. */
export function fieldKey(type: StructType<string>, offset: number): string {
  return `${type.structName}.${fieldName(type, offset)}`.replaceAll(/\[\d+\]/g, "[]");
}

function describeSide(engine: Engine, { thread, what, step }: Side): string[] {
  const witness = witnessOf(engine, step);
  const line = `${what} by ${taskOf(engine, thread)} in step ${step}`;
  if (witness === null) return [line];
  const { before, after, stack } = witness;
  const value = what === "allocation" || what === "free" ? "" : before === after ? `: ${after}` : `: ${before} -> ${after}`;
  return [line + value, ...stack.map((frame) => `  ${frame}`)];
}

function taskOf(engine: Engine, thread: number): string {
  return engine.threads[thread].task.name;
}
