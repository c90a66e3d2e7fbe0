import type { Layout } from "../../machine/layout.ts";
import { PAGE_SIZE } from "../../machine/pte.ts";
import { NULL, struct, u32, type Ptr } from "../../machine/struct.ts";
import type { Task } from "../../machine/task.ts";
import type { Tracer } from "../../machine/tracepoint.ts";
import { deviceEvents } from "../../device/tracepoints.ts";
import { isTlbInvalidation } from "../../device/view.ts";
import { driverEvents } from "../../driver/tracepoints.ts";
import { VmRow, type AddressSpaces } from "../books/address_spaces.ts";
import { hex } from "../record/format.ts";
import type { Reporter } from "../record/violation.ts";
import type { CheckWorld } from "../world.ts";

/** One TLB invalidation that was sent. */
const SentFlush = struct("check_sent_flush", {
  seqno: u32,
  /** 1 once the hardware has done it. */
  isDone: u32,
});

/** Invalidations of one GPU that are remembered; a power of two, many times what its ring holds. */
const REMEMBERED = 1024;

/**
 * TLB invalidations keep their word (RULES 69, 70; I18, I21): none is answered, and nobody's wait for one ends without an
 * error, before the hardware has done it; and a page is not unmapped for a device that still translates to it. Certain on
 * threads: the GPU's thread announces a flush before it answers, and it answers before anybody's wait ends.
 */
export class TlbSeqno {
  readonly #world: CheckWorld;
  readonly #spaces: AddressSpaces;
  readonly #remembered: number;
  readonly #sent: readonly Ptr<"check_sent_flush">[];

  constructor(layout: Layout, world: CheckWorld, spaces: AddressSpaces) {
    this.#world = world;
    this.#spaces = spaces;
    this.#remembered = Math.min(world.tableRows ?? REMEMBERED, REMEMBERED);
    this.#sent = world.gpus.map((gpu) => layout.place(SentFlush, `check.${gpu.name}.sent_flush`, this.#remembered));
  }

  listen(tracer: Tracer, reporter: Reporter): void {
    tracer.on(driverEvents.flushSubmit, (task, gpu, _start, _end, seqno) => {
      const sent = this.#flush(gpu, seqno);
      Atomics.store(task.words, sent + SentFlush.seqno, 0); // a thread that looks in between must not take the one for the other
      Atomics.store(task.words, sent + SentFlush.isDone, 0);
      Atomics.store(task.words, sent + SentFlush.seqno, seqno);
    });
    tracer.on(deviceEvents.tlbFlushed, (task, gpu, _vm, _start, _end, seqno) => {
      const sent = this.#flush(gpu, seqno);
      if (Atomics.load(task.words, sent + SentFlush.seqno) === seqno) Atomics.store(task.words, sent + SentFlush.isDone, 1);
    });
    tracer.on(deviceEvents.commandDone, (task, gpu, op, seqno) => {
      if (isTlbInvalidation(op)) this.#checkDone(task, gpu, seqno, "answered", reporter);
    });
    tracer.on(driverEvents.flushWaited, (task, gpu, seqno, error) => {
      if (error === 0) this.#checkDone(task, gpu, seqno, "signaled", reporter); // a time-out promises nothing (RULES 70)
    });
    tracer.on(driverEvents.dmaUnmap, (task, gpu, va, pfn, vm) => this.#unmap(task, gpu, va, pfn, vm, reporter));
  }

  #checkDone(task: Task, gpu: number, seqno: number, was: string, reporter: Reporter): void {
    const sent = this.#flush(gpu, seqno);
    const isRemembered = () => Atomics.load(task.words, sent + SentFlush.seqno) === seqno; // not displaced by a thousandth later one
    if (!isRemembered() || Atomics.load(task.words, sent + SentFlush.isDone) !== 0 || !isRemembered()) return;
    reporter.report(
      task,
      "I21",
      `${this.#world.gpus[gpu].name}: TLB invalidation ${seqno} was ${was} before the hardware had done it`,
    );
  }

  #unmap(task: Task, gpu: number, va: number, pfn: number, vm: number, reporter: Reporter): void {
    const { words } = task;
    const row = this.#spaces.find(words, vm);
    if (row === NULL || this.#world.isStopped(words, gpu)) return;
    const find = () => this.#world.tlbEntryIn(words, gpu, words[row + VmRow.asid], va, va + PAGE_SIZE, pfn);
    // Again: the first look may have met an entry while the GPU was replacing it by one for another page.
    if (find() < 0 || find() < 0) return;
    reporter.report(
      task,
      "I18",
      `frame ${pfn} was unmapped for ${this.#world.gpus[gpu].name}, whose TLB still translates ${hex(va)} to it`,
    );
  }

  #flush(gpu: number, seqno: number): Ptr<"check_sent_flush"> {
    return (this.#sent[gpu] + (seqno & (this.#remembered - 1)) * SentFlush.words) as Ptr<"check_sent_flush">;
  }
}
