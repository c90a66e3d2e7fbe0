import { peekAddr } from "../../machine/access.ts";
import { PAGE_SIZE, pageAlignDown, PTE_PRESENT, TASK_SIZE } from "../../machine/pte.ts";
import { NULL } from "../../machine/struct.ts";
import type { Task } from "../../machine/task.ts";
import type { Tracer } from "../../machine/tracepoint.ts";
import { deviceEvents } from "../../device/tracepoints.ts";
import { driverEvents } from "../../driver/tracepoints.ts";
import { ownerOf } from "../../driver/view.ts";
import { kernelEvents } from "../../kernel/tracepoints.ts";
import { MMU_NOTIFY_RELEASE } from "../../kernel/view.ts";
import { ActiveRange, type ActiveRanges } from "../books/active_ranges.ts";
import { VmRow, type AddressSpaces } from "../books/address_spaces.ts";
import { hex, hexRange } from "../record/format.ts";
import { mayBeSkipped } from "./notify_event.ts";
import type { OpenRanges } from "../books/open_ranges.ts";
import type { Subscribers } from "../books/subscribers.ts";
import { TlbRow, type TlbShadow } from "../books/tlb_shadow.ts";
import type { Reporter } from "../record/violation.ts";
import type { CheckWorld } from "../world.ts";

/**
 * Oracle 2, join (RULES I14, I16): when the notifier part of invalidate_range_start has returned for a range, no device has a
 * translation in it; and until range_end none comes into being, is committed or is used.
 *
 * An invalidation that is still under way is not a violation by itself (another CPU may have just sent it for reasons of its
 * own); what it has not removed yet is, and that is what is looked for. What a GPU has that stands still counts only when
 * it goes on: some designs preempt and leave the rest for later. Certain on threads: a fill, a commit and an access are
 * seen by the thread that does them, before it can answer the invalidation or drop the user lock.
 */
export class Join {
  readonly #world: CheckWorld;
  readonly #spaces: AddressSpaces;
  readonly #active: ActiveRanges;
  readonly #open: OpenRanges;
  readonly #subscribers: Subscribers;
  readonly #tlbs: TlbShadow;

  constructor(
    world: CheckWorld,
    spaces: AddressSpaces,
    active: ActiveRanges,
    open: OpenRanges,
    subscribers: Subscribers,
    tlbs: TlbShadow,
  ) {
    this.#world = world;
    this.#spaces = spaces;
    this.#active = active;
    this.#open = open;
    this.#subscribers = subscribers;
    this.#tlbs = tlbs;
  }

  listen(tracer: Tracer, reporter: Reporter): void {
    tracer.on(kernelEvents.invalidateRangeStarted, (task, mm, start, end, id, result) => {
      const range = this.#open.find(task, id);
      // At the end of a process this is said of interval notifiers alone, and classic ones are still to be told (RULES 44).
      if (result !== 0 || range === undefined || range.event === MMU_NOTIFY_RELEASE) return;
      const exempt = mayBeSkipped(range) ? range.owner : 0;
      if (exempt === 0) this.#active.enter(task.words, mm, start, end, task.id, id);
      this.#checkTlbs(task, mm, start, end, `invalidate_range_start returned for ${hexRange(start, end)}`, reporter, exempt);
    });
    tracer.on(kernelEvents.notifiersReleased, (task, mm) => {
      this.#checkTlbs(task, mm, 0, TASK_SIZE, `the notifiers of ${this.#world.nameOf(mm)} were released`, reporter);
    });
    tracer.on(kernelEvents.invalidateRangeEnd, (task, _mm, _start, _end, id) => {
      this.#active.leave(task.words, task.id, id);
    });
    tracer.on(deviceEvents.tlbFill, (task, gpu, _vm, va, _pte, _pteAddr, entry) => {
      this.#checkEntry(task, gpu, va, entry, "filled a translation", "I16", reporter);
    });
    tracer.on(deviceEvents.deviceAccess, (task, gpu, va, _pfn, _kind, _value, entry) => {
      this.#checkEntry(task, gpu, va, entry, "made an access", "join", reporter);
    });
    tracer.on(driverEvents.commit, (task, gpu, va, pte, _pteAddr, sub) => {
      if ((pte & PTE_PRESENT) === 0 || this.#world.isStopped(task.words, gpu)) return;
      const mm = this.#subscribers.mmOf(task.words, sub) || this.#spaces.onlyMmOn(task.words, gpu);
      if (mm !== 0) this.#checkPage(task, mm, gpu, va, "was given a page-table entry", "I16", reporter);
    });
  }

  /** @param exempt owner whose GPU may keep what it has (RULES 13); 0 nobody */
  #checkTlbs(task: Task, mm: number, start: number, end: number, what: string, reporter: Reporter, exempt = 0): void {
    const { words } = task;
    this.#spaces.forEachOf(words, mm, (row) => {
      const gpu = words[row + VmRow.gpu];
      const asid = words[row + VmRow.asid];
      if (this.#world.isStopped(words, gpu) || exempt === ownerOf({ index: gpu })) return;
      const find = () => this.#world.tlbEntryIn(words, gpu, asid, start, end);
      const va = find();
      // Again: the first look may have met an entry while the GPU was replacing it by one for another page.
      if (va < 0 || find() < 0) return;
      reporter.report(task, "join", `${what} while the TLB of ${this.#world.gpus[gpu].name} still translates ${hex(va)}`);
    });
  }

  #checkEntry(task: Task, gpu: number, va: number, entry: number, did: string, rule: string, reporter: Reporter): void {
    const { words } = task;
    const row = this.#tlbs.find(words, gpu, entry);
    if (row === NULL || words[row + TlbRow.isMirror] === 0) return;
    const mm = words[row + TlbRow.mm];
    if (mm !== 0) this.#checkPage(task, mm, gpu, va, did, rule, reporter);
  }

  #checkPage(task: Task, mm: number, gpu: number, va: number, did: string, rule: string, reporter: Reporter): void {
    const { words } = task;
    const page = pageAlignDown(va);
    const found = this.#active.covering(words, mm, page, page + PAGE_SIZE);
    if (found < 0) return;
    const slot = this.#active.slot(found);
    const range = hexRange(peekAddr(words, slot + ActiveRange.start), peekAddr(words, slot + ActiveRange.end));
    const owner = this.#world.taskName(words[slot + ActiveRange.task]);
    reporter.report(
      task,
      rule,
      `${this.#world.gpus[gpu].name} ${did} at ${hex(va)} between invalidate_range_start and _end of ${range} by ${owner}`,
    );
  }
}
