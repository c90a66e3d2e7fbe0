import type { WatchedRule } from "../../rules.ts";
import { peekAddr } from "../../../machine/access.ts";
import { PAGE_SIZE, pageAlignDown, PTE_PRESENT, TASK_SIZE } from "../../../machine/pte.ts";
import { NULL } from "../../../machine/struct.ts";
import type { Task } from "../../../machine/task.ts";
import { deviceEvents } from "../../../device/tracepoints.ts";
import { driverEvents } from "../../../driver/tracepoints.ts";
import { ownerOf } from "../../../driver/view.ts";
import { kernelEvents } from "../../../kernel/tracepoints.ts";
import { MMU_NOTIFY_RELEASE } from "../../../kernel/view.ts";
import { ActiveRange } from "../../books/active_ranges.ts";
import { VmRow } from "../../books/address_spaces.ts";
import { mayBeSkipped } from "../../books/notify_event.ts";
import { TlbRow } from "../../books/tlb_shadow.ts";
import { hex, hexRange } from "../../../trace/format.ts";
import type { MemoryWatch, Oracle } from "../oracle.ts";

/**
 * Oracle 2, join (RULES I14, I16): when the notifier part of invalidate_range_start has returned for a range, no device has a
 * translation in it; and until range_end none comes into being, is committed or is used.
 *
 * An invalidation that is still under way is not a violation by itself (another CPU may have just sent it for reasons of its
 * own); what it has not removed yet is, and that is what is looked for. What a GPU has that stands still counts only when
 * it goes on: some designs preempt and leave the rest for later. Certain on threads: a fill, a commit and an access are
 * seen by the thread that does them, before it can answer the invalidation or drop the user lock.
 */
export function watchJoin(watch: MemoryWatch): Oracle {
  watchTlbs(watch);
  watchPages(watch);
  return {};
}

/** When a range has been told of, nothing in it is left in a TLB. */
function watchTlbs({ tracer, world, books: { open, spaces }, report }: MemoryWatch): void {
  /** @param exempt owner whose GPU may keep what it has (RULES 13); 0 nobody */
  const check = (task: Task, mm: number, start: number, end: number, exempt: number, what: () => string) => {
    const { words } = task;
    spaces.forEachOf(words, mm, (row) => {
      const gpu = words[row + VmRow.gpu];
      const asid = words[row + VmRow.asid];
      if (world.isStopped(words, gpu) || exempt === ownerOf({ index: gpu })) return;
      const find = () => world.tlbEntryIn(words, gpu, asid, start, end);
      const va = find();
      // Again: the first look may have met an entry while the GPU was replacing it by one for another page.
      if (va < 0 || find() < 0) return;
      report(task, "join", `${what()} while the TLB of ${world.gpus[gpu].name} still translates ${hex(va)}`);
    });
  };
  tracer.on("judge", kernelEvents.invalidateRangeStarted, (task, mm, start, end, id, result) => {
    const range = open.find(task, id);
    // At the end of a process this is said of interval notifiers alone, and classic ones are still to be told (RULES 44).
    if (result !== 0 || range === undefined || range.event === MMU_NOTIFY_RELEASE) return;
    const exempt = mayBeSkipped(range) ? range.owner : 0;
    check(task, mm, start, end, exempt, () => `invalidate_range_start returned for ${hexRange(start, end)}`);
  });
  tracer.on("judge", kernelEvents.notifiersReleased, (task, mm) =>
    check(task, mm, 0, TASK_SIZE, 0, () => `the notifiers of ${world.nameOf(mm)} were released`),
  );
}

/** While a range is active, no device gets or uses a translation in it. */
function watchPages({ tracer, world, books: { active, spaces, subscribers, tlbs }, report }: MemoryWatch): void {
  const checkPage = (task: Task, mm: number, gpu: number, va: number, did: string, rule: WatchedRule) => {
    const { words } = task;
    const page = pageAlignDown(va);
    const found = active.covering(words, mm, page, page + PAGE_SIZE);
    if (found < 0) return;
    const slot = active.slot(found);
    const range = hexRange(peekAddr(words, slot + ActiveRange.start), peekAddr(words, slot + ActiveRange.end));
    const owner = world.taskName(words[slot + ActiveRange.task]);
    const who = world.gpus[gpu].name;
    report(task, rule, `${who} ${did} at ${hex(va)} between invalidate_range_start and _end of ${range} by ${owner}`);
  };
  const checkEntry = (task: Task, gpu: number, va: number, entry: number, did: string, rule: WatchedRule) => {
    const { words } = task;
    const row = tlbs.find(words, gpu, entry);
    if (row === NULL || words[row + TlbRow.isMirror] === 0) return;
    const mm = words[row + TlbRow.mm];
    if (mm !== 0) checkPage(task, mm, gpu, va, did, rule);
  };
  tracer.on("judge", deviceEvents.tlbFill, (task, gpu, _vm, va, _pte, _pteAddr, entry) =>
    checkEntry(task, gpu, va, entry, "filled a translation", "I16"),
  );
  tracer.on("judge", deviceEvents.deviceAccess, (task, gpu, va, _pfn, _kind, _value, entry) =>
    checkEntry(task, gpu, va, entry, "made an access", "join"),
  );
  tracer.on("judge", driverEvents.commit, (task, gpu, va, pte, _pteAddr, sub) => {
    if ((pte & PTE_PRESENT) === 0 || world.isStopped(task.words, gpu)) return;
    const mm = subscribers.mmOf(task.words, sub) || spaces.onlyMmOn(task.words, gpu);
    if (mm !== 0) checkPage(task, mm, gpu, va, "was given a page-table entry", "I16");
  });
}
