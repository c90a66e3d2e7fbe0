import { addrOf, CHOICE, kindOf, STEP_NAMES, stepOf, type Step } from "../../../machine/step.ts";
import { hasAddress } from "../engine/dependence.ts";
import type { ThreadView } from "../engine/view.ts";
import type { Subject } from "../engine/subject.ts";

/** What a thread is about to do, in words that survive an edit of the sources: `cpu1 RMW mm_struct#0.mmap_lock.count`. */
export function labelOf(subject: Subject, { task, next, state }: ThreadView): string {
  return state === "done" ? `${task.name} ended` : `${task.name} ${operationOf(subject, next)}`;
}

/** What a step does, without who does it: `RMW mm_struct#0.mmap_lock.count`. */
export function operationOf(subject: Subject, step: Step): string {
  const name = STEP_NAMES[kindOf(step)];
  return hasAddress(step) ? `${name} ${subject.nameOf(addrOf(step))}` : name;
}

/**
 * What chance is asked by the step that a thread stands before: `the answer is lost`, or `FUTEX_WAIT srcu.wq.wakeups` (for no
 * reason?).
 */
export function questionOf(subject: Subject, { task, next }: ThreadView): string {
  return kindOf(next) === CHOICE ? task.asked : operationOf(subject, next);
}

/** 24 bits that stand for a label in a token. */
export function hashOfLabel(label: string): number {
  let hash = 0x811c_9dc5; // FNV-1a
  for (let i = 0; i < label.length; i++) hash = Math.imul(hash ^ label.charCodeAt(i), 0x0100_0193);
  return (hash ^ (hash >>> 24)) & 0xff_ffff;
}

/** Words among which an operation is looked for. */
const MOST_WORDS = 0x4_0000;

/** The operation of a task whose label has this hash, found by trying all that there are; null if there is none any more. */
export function operationOfHash(subject: Subject, task: string, hash: number): string | null {
  for (let addr = 0; addr < Math.min(subject.words.length, MOST_WORDS); addr++) {
    for (let kind = 0; kind < STEP_NAMES.length; kind++) {
      const operation = operationOf(subject, stepOf(kind, addr));
      if (hashOfLabel(`${task} ${operation}`) === hash) return operation;
    }
  }
  return null;
}

/** Who a thread is, in words: the name of its task, and which of those that share it (`adder`, `adder#2`). */
export function identityOf({ task: { name }, index }: ThreadView, threads: readonly ThreadView[]): string {
  let same = 0;
  for (let i = 0; i <= index; i++) if (threads[i].task.name === name) same++;
  return same === 1 ? name : `${name}#${same}`;
}
