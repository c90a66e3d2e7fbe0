import {
  ACQUIRE,
  addrOf,
  CHOICE,
  FUTEX_WAIT,
  FUTEX_WAKE,
  kindOf,
  READ,
  READ_ONCE,
  RELAX,
  RMW,
  SLEEP,
  type Step,
} from "../../machine/step.ts";
import { AWAIT } from "../../executor/explorer/engine/await.ts";
import type { Names } from "./names.ts";

/** A step as it was seen. */
export interface SeenStep {
  readonly task: string;
  readonly step: Step;
  /** It changed its word, or the queue of those who sleep on it. */
  readonly wrote: boolean;
  readonly answered: boolean;
  /** The word before the step and after it. */
  readonly before: number;
  readonly after: number;
}

/** What a step did to its word. */
export function stepText({ step, wrote, answered, before, after }: SeenStep, names: Names): string {
  const name = names.word(addrOf(step));
  switch (kindOf(step)) {
    case READ:
    case READ_ONCE:
    case ACQUIRE:
      return `reads ${name}: ${names.value(after)}`;
    case RMW:
    case AWAIT:
      return wrote ? `${name} ${names.change(before, after)}` : `tries ${name}, finds ${names.value(after)}`;
    case FUTEX_WAIT:
      if (answered) return `wakes up at ${name} for no reason`;
      return wrote ? `sleeps on ${name}, which is ${after}` : `would sleep on ${name}, but it is ${after}`;
    case FUTEX_WAKE:
      return wrote ? `wakes the waiters of ${name}` : `${name} has no waiters`;
    case SLEEP:
      return "sleeps for a time";
    case CHOICE:
      return answered ? "the injected fault happens" : "the injected fault does not happen";
    case RELAX:
      return "polls";
    default:
      return before === after ? `writes ${name}: ${names.value(after)}, as before` : `${name} ${names.change(before, after)}`;
  }
}

/** Worth saying even if nobody asked: somebody goes to sleep or is woken, or a fault is injected. */
export function isEvent({ step, wrote, answered }: SeenStep): boolean {
  const kind = kindOf(step);
  return answered || (wrote && (kind === FUTEX_WAIT || kind === FUTEX_WAKE));
}
