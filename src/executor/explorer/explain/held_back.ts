import { causesOf, type PartialOrder } from "./partial_order.ts";
import { PatientReplay } from "../replay/patient_replay.ts";
import type { RecordedStep, Schedule } from "../engine/recording.ts";
import type { Reproducer } from "../replay/reproduce.ts";

/** Steps that a thread is let go on; few if each execution is a long one, for it goes on and on. */
const MOST = 16;
const FEW = 4;

/** A step that had not been taken when the failure showed, and would have averted it. */
export interface HeldBack {
  readonly step: RecordedStep;
  /** It is averted if the step comes here: before the execution's step of this number. */
  readonly from: number;
}

/**
 * What threads were kept from doing until the failure: of each thread that had not ended, the first step with which the failure
 * vanishes if the thread goes on at once where it was stopped, or as early as it can come there.
 */
export function heldBackSteps(
  reproducer: Reproducer,
  schedule: Schedule,
  steps: readonly RecordedStep[],
  order: PartialOrder,
): HeldBack[] {
  const { engine, recording } = reproducer;
  const most = recording.length > steps.length ? FEW : MOST;
  const failing = engine.enabled.length === 0 || recording.length > steps.length ? undefined : steps.at(-1)?.thread;
  const living = engine.threads.filter(({ state, index }) => state !== "done" && index !== failing).map(({ index }) => index);
  return living.flatMap((thread) => {
    const last = order.ofThread[thread]?.at(-1) ?? -1;
    const causes = last < 0 ? new Set<number>() : causesOf(order, last);
    const goAhead = new GoAhead(reproducer, schedule, thread, most);
    return goAhead.after((step) => step <= last) ?? goAhead.after((step) => causes.has(step)) ?? [];
  });
}

/** Executions in which one thread is further than it was. */
class GoAhead {
  readonly #reproducer: Reproducer;
  readonly #schedule: Schedule;
  readonly #thread: number;
  readonly #most: number;

  constructor(reproducer: Reproducer, schedule: Schedule, thread: number, most: number) {
    this.#reproducer = reproducer;
    this.#schedule = schedule;
    this.#thread = thread;
    this.#most = most;
  }

  /** Let it go on after the steps that come first, one step further each time. */
  after(comesFirst: (step: number) => boolean): HeldBack | null {
    const { threads, answers } = this.#schedule;
    const all = Array.from(threads, (_, step) => step);
    const first = all.filter((step) => comesFirst(step));
    const rest = all.filter((step) => !comesFirst(step));
    if (rest.length === 0) return null;
    const { recording } = this.#reproducer;
    for (let ahead = 1; ahead <= this.#most; ahead++) {
      const steps = [...first, ...Array<number>(ahead).fill(-1), ...rest];
      const isFailing = this.#reproducer.fails(
        new PatientReplay({
          threads: Uint16Array.from(steps, (step) => (step < 0 ? this.#thread : threads[step])),
          answers: Uint8Array.from(steps, (step) => (step < 0 ? 0 : answers[step])),
        }),
      );
      const at = first.length + ahead - 1;
      if (at >= recording.length || recording.thread[at] !== this.#thread) return null;
      if (!isFailing) return { step: recording.at(at), from: rest[0] };
    }
    return null;
  }
}
