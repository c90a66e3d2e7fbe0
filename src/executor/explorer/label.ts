import { addrOf, kindOf, STEP_NAMES } from "../../machine/step.ts";
import type { Thread } from "./engine.ts";
import type { Subject } from "./subject.ts";

/** What a thread is about to do, in words that survive an edit of the sources: `cpu1 RMW mm_struct#0.mmap_lock.count`. */
export function labelOf(subject: Subject, { task, next, state }: Thread): string {
  return state === "done" ? `${task.name} ended` : `${task.name} ${STEP_NAMES[kindOf(next)]} ${subject.nameOf(addrOf(next))}`;
}

/** 24 bits that stand for a label in a token. */
export function hashOfLabel(label: string): number {
  let hash = 0x811c_9dc5; // FNV-1a
  for (let i = 0; i < label.length; i++) hash = Math.imul(hash ^ label.charCodeAt(i), 0x0100_0193);
  return (hash ^ (hash >>> 24)) & 0xff_ffff;
}
