import type { Layout } from "../../machine/layout.ts";
import { Word, type Ptr } from "../../machine/struct.ts";
import type { Tracer } from "../../machine/tracepoint.ts";
import { driverEvents } from "../../driver/tracepoints.ts";
import { tlbInvalSeqnoPast } from "../../driver/view.ts";
import type { Reporter } from "../record/violation.ts";
import type { CheckWorld } from "../world.ts";

/**
 * No fence becomes pending for a TLB invalidation that was answered before (RULES 67): nobody would signal it, and who waits
 * for it would sleep until the time-out, then pay for a flush of everything. Certain on threads: both events are hit under
 * the lock that guards the pending fences.
 */
export class PendingFences {
  readonly #world: CheckWorld;
  /** Last number answered, by GPU. */
  readonly #answered: readonly Ptr<"word">[];

  constructor(layout: Layout, world: CheckWorld) {
    this.#world = world;
    this.#answered = world.gpus.map(({ name }) => layout.place(Word, `check.${name}.answered`));
  }

  listen(tracer: Tracer, reporter: Reporter): void {
    tracer.on(driverEvents.flushAnswered, (task, gpu, seqno) => {
      Atomics.store(task.words, this.#answered[gpu], seqno);
    });
    tracer.on(driverEvents.flushPending, (task, gpu, seqno) => {
      const answered = Atomics.load(task.words, this.#answered[gpu]);
      if (!tlbInvalSeqnoPast(answered, seqno)) return;
      reporter.report(
        task,
        "RULES 67",
        `${this.#world.gpus[gpu].name}: a fence became pending for TLB invalidation ${seqno} although ${answered} was answered before`,
      );
    });
  }
}
