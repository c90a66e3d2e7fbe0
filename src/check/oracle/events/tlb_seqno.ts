import { struct, u32, Word, type Ptr } from "../../../machine/struct.ts";
import type { Task } from "../../../machine/task.ts";
import { deviceEvents } from "../../../device/tracepoints.ts";
import { isTlbInvalidation } from "../../../device/view.ts";
import { driverEvents } from "../../../driver/tracepoints.ts";
import type { EventWatch, Oracle } from "../oracle.ts";

/** One TLB invalidation that was sent. */
const SentFlush = struct("check_sent_flush", {
  seqno: u32,
  /** 1 once the hardware has done it. */
  isDone: u32,
});

/** Invalidations of one GPU that are remembered; a power of two, many times what its ring holds. */
const REMEMBERED = 1024;

/**
 * TLB invalidations keep their word (RULES 69, 70; I21): none is answered, and nobody's wait for one ends without an error,
 * before the hardware has done it. Certain on threads: the GPU's thread announces a flush before it answers, and it answers
 * before anybody's wait ends.
 */
export function watchTlbSeqno({ tracer, layout, world: { gpus, tableRows = REMEMBERED }, report }: EventWatch): Oracle {
  const remembered = Math.min(tableRows, REMEMBERED);
  const rows = gpus.map((gpu) => layout.place(SentFlush, `check.${gpu.name}.sent_flush`, remembered));
  const forgotten = layout.place(Word, "check.forgotten_flushes");
  const flushOf = (gpu: number, seqno: number) =>
    (rows[gpu] + (seqno & (remembered - 1)) * SentFlush.words) as Ptr<"check_sent_flush">;

  tracer.on("book", driverEvents.flushSubmit, (task, gpu, _start, _end, seqno) => {
    const sent = flushOf(gpu, seqno);
    Atomics.store(task.words, sent + SentFlush.seqno, 0); // a thread that looks in between must not take the one for the other
    Atomics.store(task.words, sent + SentFlush.isDone, 0);
    Atomics.store(task.words, sent + SentFlush.seqno, seqno);
  });
  tracer.on("book", deviceEvents.tlbFlushed, (task, gpu, _vm, _start, _end, seqno) => {
    const sent = flushOf(gpu, seqno);
    if (Atomics.load(task.words, sent + SentFlush.seqno) === seqno) Atomics.store(task.words, sent + SentFlush.isDone, 1);
  });

  /** As far as is known. */
  const isDone = ({ words }: Task, gpu: number, seqno: number) => {
    const sent = flushOf(gpu, seqno);
    const isRemembered = () => Atomics.load(words, sent + SentFlush.seqno) === seqno; // not displaced by a thousandth later one
    const isKnownDone = isRemembered() && Atomics.load(words, sent + SentFlush.isDone) !== 0;
    if (isKnownDone || isRemembered()) return isKnownDone;
    Atomics.add(words, forgotten, 1);
    return true;
  };
  const judge = (task: Task, gpu: number, seqno: number, was: string) => {
    if (isDone(task, gpu, seqno)) return;
    report(task, "I21", `${gpus[gpu].name}: TLB invalidation ${seqno} was ${was} before the hardware had done it`);
  };
  tracer.on("judge", deviceEvents.commandDone, (task, gpu, op, seqno) => {
    if (isTlbInvalidation(op)) judge(task, gpu, seqno, "answered");
  });
  tracer.on("judge", driverEvents.flushWaited, (task, gpu, seqno, error) => {
    if (error === 0) judge(task, gpu, seqno, "signaled"); // a time-out promises nothing (RULES 70)
  });
  return { missed: (words) => ({ "TLB invalidations": Atomics.load(words, forgotten) }) };
}
