import { Word } from "../../../machine/struct.ts";
import { driverEvents } from "../../../driver/tracepoints.ts";
import { tlbInvalSeqnoPast } from "../../../driver/view.ts";
import type { EventWatch, Oracle } from "../oracle.ts";

/**
 * No fence becomes pending for a TLB invalidation that was answered before (RULES 67): nobody would signal it, and who waits
 * for it would sleep until the time-out, then pay for a flush of everything. Certain on threads: both events are hit under
 * the lock that guards the pending fences.
 */
export function watchPendingFences({ tracer, layout, world: { gpus }, report }: EventWatch): Oracle {
  /** Last number answered, by GPU. */
  const lastAnswered = gpus.map(({ name }) => layout.place(Word, `check.${name}.answered`));
  tracer.on("book", driverEvents.flushAnswered, (task, gpu, seqno) => {
    Atomics.store(task.words, lastAnswered[gpu], seqno);
  });
  tracer.on("judge", driverEvents.flushPending, (task, gpu, seqno) => {
    const answered = Atomics.load(task.words, lastAnswered[gpu]);
    if (!tlbInvalSeqnoPast(answered, seqno)) return;
    report(
      task,
      "RULES 67",
      `${gpus[gpu].name}: a fence became pending for TLB invalidation ${seqno} although ${answered} was answered before`,
    );
  });
  return {};
}
