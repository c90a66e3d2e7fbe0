import type { Current } from "../../../src/kernel/current.ts";
import { EBUSY } from "../../../src/kernel/errno.ts";
import {
  HMM_PFN_REQ_FAULT,
  HMM_PFN_REQ_WRITE,
  HMM_PFN_VALID,
  HMM_PFN_WRITE,
  hmmPfn,
  hmmRangeFault,
} from "../../../src/kernel/hmm/hmm_range_fault.ts";
import { Mutex, mutexLock, mutexTryLock, mutexUnlock } from "../../../src/kernel/locking/mutex.ts";
import { downRead, upRead } from "../../../src/kernel/locking/rwsem.ts";
import { MmStruct } from "../../../src/kernel/mm/mm_struct.ts";
import {
  mmuIntervalNotifierInsert,
  mmuIntervalNotifierRemove,
  mmuIntervalSetSeq,
} from "../../../src/kernel/mmu_notifier/interval.ts";
import { mmuIntervalReadBegin, mmuIntervalReadRetry } from "../../../src/kernel/mmu_notifier/read.ts";
import { MmuIntervalNotifier } from "../../../src/kernel/mmu_notifier/structs.ts";
import { kernelEvents } from "../../../src/kernel/tracepoints.ts";
import type { Run } from "../../../src/machine/step.ts";
import { embedded, struct, type Ptr } from "../../../src/machine/struct.ts";
import type { Machine } from "../mm/fixture.ts";

export const PAGE = 4096;

const MirrorState = struct("mirror", { notifier: MmuIntervalNotifier, lock: Mutex });

/** A device's copy of a page's translation. */
export interface Entry {
  readonly pfn: number;
  readonly isWritable: boolean;
}

/** The smallest driver there is: a table of translations, one notifier over everything, one mutex. */
export class Mirror {
  readonly entries = new Map<number, Entry>();
  readonly notifier: Ptr<"mmu_interval_notifier">;
  readonly lock: Ptr<"mutex">;
  readonly ops: number;
  readonly #machine: Machine;

  /** Before memory is laid out for good. */
  constructor(machine: Machine) {
    this.#machine = machine;
    const state = machine.layout.place(MirrorState, "mirror");
    this.notifier = embedded(state, MirrorState.notifier);
    this.lock = embedded(state, MirrorState.lock);
    const { entries, lock } = this;
    this.ops = machine.kernel.notifier.registerIntervalOps({
      *invalidate(current, sub, range, curSeq) {
        if (range.blockable) yield* mutexLock(current, lock);
        else if (!(yield* mutexTryLock(current, lock))) return false;
        yield* mmuIntervalSetSeq(current, sub, curSeq);
        for (const va of entries.keys()) if (va >= range.start && va < range.end) entries.delete(va);
        yield* mutexUnlock(current, lock);
        return true;
      },
    });
  }

  /** A frame must not be freed while the device still has it (RULES I15). */
  watch(): void {
    this.#machine.tracer.on("judge", kernelEvents.pageFree, (task, pfn) => {
      for (const [va, entry] of this.entries) {
        if (entry.pfn === pfn) throw new Error(`${task.name} frees frame ${pfn}, which the device maps at ${va}`);
      }
    });
  }

  *open(current: Current, mm: Ptr<"mm_struct">): Run<number> {
    return yield* mmuIntervalNotifierInsert(current, this.notifier, mm, 0n, 2n ** 64n - 4096n, this.ops);
  }

  *close(current: Current): Run<void> {
    yield* mmuIntervalNotifierRemove(current, this.notifier);
    this.entries.clear();
  }

  /** Fault in [start, start + pages): 0 or a negative error. */
  *fault(current: Current, mm: Ptr<"mm_struct">, start: number, pages: number, isWrite: boolean): Run<number> {
    const mmapLock = embedded(mm, MmStruct.mmapLock);
    for (;;) {
      const pfns = new Int32Array(pages);
      const notifierSeq = yield* mmuIntervalReadBegin(current, this.notifier);
      yield* downRead(current, mmapLock);
      const result = yield* hmmRangeFault(current, {
        notifier: this.notifier,
        notifierSeq,
        start,
        end: start + pages * PAGE,
        pfns,
        defaultFlags: HMM_PFN_REQ_FAULT | (isWrite ? HMM_PFN_REQ_WRITE : 0),
        pfnFlagsMask: 0,
        devPrivateOwner: 0,
      });
      yield* upRead(current, mmapLock);
      if (result === EBUSY) continue;
      if (result !== 0) return result;
      yield* mutexLock(current, this.lock);
      const isStale = yield* mmuIntervalReadRetry(current, this.notifier, notifierSeq);
      if (!isStale) this.#store(start, pfns);
      yield* mutexUnlock(current, this.lock);
      if (!isStale) return 0;
    }
  }

  #store(start: number, pfns: Int32Array): void {
    pfns.forEach((entry, i) => {
      if ((entry & HMM_PFN_VALID) === 0) throw new Error("a page asked for is not valid");
      this.entries.set(start + i * PAGE, { pfn: hmmPfn(entry), isWritable: (entry & HMM_PFN_WRITE) !== 0 });
    });
  }
}
