import { write } from "../machine/access.ts";
import { GFP_KERNEL } from "../machine/slab.ts";
import type { Run } from "../machine/step.ts";
import { embedded, NULL, type Ptr } from "../machine/struct.ts";
import type { Current } from "../kernel/current.ts";
import { downWrite, upWrite } from "../kernel/locking/rwsem.ts";
import { mmdrop } from "../kernel/mm/mm_count.ts";
import { MmStruct } from "../kernel/mm/mm_struct.ts";
import {
  mmuIntervalNotifierInsert,
  mmuIntervalNotifierInsertLocked,
  mmuIntervalNotifierRemove,
} from "../kernel/mmu_notifier/interval.ts";
import {
  mmuNotifierInvalidateRangeEnd,
  mmuNotifierInvalidateRangeStart,
  mmuNotifierInvalidateRangeStartNonblock,
} from "../kernel/mmu_notifier/invalidate.ts";
import { mmuNotifierRangeInit } from "../kernel/mmu_notifier/range.ts";
import { mmuIntervalCheckRetry, mmuIntervalReadBegin, mmuIntervalReadRetry } from "../kernel/mmu_notifier/read.ts";
import {
  mmuNotifierGet,
  mmuNotifierPut,
  mmuNotifierRegister,
  mmuNotifierRegisterLocked,
  mmuNotifierSynchronize,
  mmuNotifierUnregister,
} from "../kernel/mmu_notifier/register.ts";
import { mmuNotifierRelease } from "../kernel/mmu_notifier/release.ts";
import { MmuNotifier } from "../kernel/mmu_notifier/structs.ts";
import type { MmuNotifierRange } from "../kernel/mmu_notifier/types.ts";
import { archInvalidateSecondaryTlbs, clearFlushYoung, clearYoung, testYoung } from "../kernel/mmu_notifier/young.ts";
import { sendSignal, takeSignal } from "../kernel/signal.ts";
import { srcuRunCallbacks } from "../kernel/srcu.ts";
import type { Callbacks } from "./callbacks.ts";
import type { Machine } from "./machine.ts";
import type { Operation, Trace } from "./trace.ts";
import { u64Of } from "./u64.ts";

/** What operations need of the replay. */
export interface Scene {
  readonly machine: Machine;
  readonly trace: Trace;
  readonly callbacks: Callbacks;
  /** Ranges by id, from their start on. */
  readonly ranges: Map<number, MmuNotifierRange>;
}

/** Thrown for a trace that makes no sense: the file is at fault, not the notifier core. */
export class FormatError extends Error {
  override readonly name = "FormatError";
}

/** The operation, with the failure that the trace injects. */
export function* perform(scene: Scene, current: Current, operation: Operation): Run<number> {
  switch (operation.j) {
    case undefined:
      return yield* act(scene, current, operation);
    case "nomem":
      return yield* withoutMemory(current, () => act(scene, current, operation));
    case "intr":
      return yield* withSignal(current, () => act(scene, current, operation));
  }
}

function* act({ machine, trace, callbacks, ranges }: Scene, current: Current, op: Operation): Run<number> {
  const mm = machine.mms[op.m];
  const intervalOps = (id: number) => callbacks.intervalOps[trace.N[id - 1][0]];
  const newRange = () => {
    const range = mmuNotifierRangeInit(current, mm, u64Of(op.a), u64Of(op.e), op.v, op.y);
    ranges.set(op.r, range);
    return range;
  };
  switch (op.o) {
    case "rs":
      return yield* done(() => mmuNotifierInvalidateRangeStart(current, newRange()));
    case "rn":
      return yield* mmuNotifierInvalidateRangeStartNonblock(current, newRange());
    case "re":
      return yield* done(() => mmuNotifierInvalidateRangeEnd(current, rangeOf(ranges, op.r)));
    case "ex":
      yield* write(current, mm, MmStruct.mmUsers, 0);
      return yield* done(() => mmuNotifierRelease(current, mm));
    case "md":
      return yield* done(() => mmdrop(current, mm));
    case "ii":
      return yield* mmuIntervalNotifierInsert(current, machine.interval(op.i), mm, u64Of(op.a), u64Of(op.l), intervalOps(op.i));
    case "il":
      return yield* underMmapLock(current, mm, () =>
        mmuIntervalNotifierInsertLocked(current, machine.interval(op.i), mm, u64Of(op.a), u64Of(op.l), intervalOps(op.i)),
      );
    case "im":
      for (const [id, start, length] of op.L) {
        const error = yield* mmuIntervalNotifierInsert(
          current,
          machine.interval(id),
          mm,
          u64Of(start),
          u64Of(length),
          intervalOps(id),
        );
        if (error !== 0) return error;
      }
      return 0;
    case "ir":
      return yield* done(() => mmuIntervalNotifierRemove(current, machine.interval(op.i)));
    case "rb":
      return yield* mmuIntervalReadBegin(current, machine.interval(op.i));
    case "rr":
      return Number(yield* mmuIntervalReadRetry(current, machine.interval(op.i), op.q));
    case "ck":
      return Number(yield* mmuIntervalCheckRetry(current, machine.interval(op.i), op.q));
    case "hr":
      return yield* mmuNotifierRegister(current, freshNotifier(machine, op.h), mm, callbacks.ops[op.k]);
    case "hl":
      return yield* underMmapLock(current, mm, () =>
        mmuNotifierRegisterLocked(current, freshNotifier(machine, op.h), mm, callbacks.ops[op.k]),
      );
    case "hu":
      return yield* done(() => mmuNotifierUnregister(current, machine.notifier(op.h)));
    case "hg": {
      const subscription = yield* mmuNotifierGet(current, mm, callbacks.ops[op.k]);
      return subscription < 0 ? subscription : machine.notifierId(subscription as Ptr<"mmu_notifier">);
    }
    case "hp":
      return yield* done(() => mmuNotifierPut(current, machine.notifier(op.h)));
    case "hs":
      return yield* done(() => mmuNotifierSynchronize(current));
    case "hx":
      return yield* done(() => write(current, machine.notifier(op.h), MmuNotifier.users, op.q));
    case "cf":
      return Number(yield* clearFlushYoung(current, mm, u64Of(op.a), u64Of(op.e)));
    case "cy":
      return Number(yield* clearYoung(current, mm, u64Of(op.a), u64Of(op.e)));
    case "ty":
      return Number(yield* testYoung(current, mm, u64Of(op.a)));
    case "at":
      return yield* done(() => archInvalidateSecondaryTlbs(current, mm, u64Of(op.a), u64Of(op.e)));
    case "gp":
      return yield* runAllCallbacks(current);
    case "up":
      throw new FormatError("up inside a callback");
  }
}

function* done(body: () => Run<void>): Run<number> {
  yield* body();
  return 0;
}

function* underMmapLock(current: Current, mm: Ptr<"mm_struct">, body: () => Run<number>): Run<number> {
  yield* downWrite(current, embedded(mm, MmStruct.mmapLock));
  const result = yield* body();
  yield* upWrite(current, embedded(mm, MmStruct.mmapLock));
  return result;
}

function* runAllCallbacks(current: Current): Run<number> {
  let count = 0;
  while (yield* srcuRunCallbacks(current)) count++;
  return count;
}

/** Let no allocation of a subscriptions object succeed: all of them are in use meanwhile. */
function* withoutMemory(current: Current, body: () => Run<number>): Run<number> {
  const slab = current.kernel.notifier.subscriptions;
  const taken: Ptr<"mmu_notifier_subscriptions">[] = [];
  for (let object = yield* slab.alloc(current, GFP_KERNEL); object !== NULL; object = yield* slab.alloc(current, GFP_KERNEL)) {
    taken.push(object);
  }
  const result = yield* body();
  for (const object of taken) yield* slab.free(current, object);
  return result;
}

function* withSignal(current: Current, body: () => Run<number>): Run<number> {
  yield* sendSignal(current, current.id);
  const result = yield* body();
  yield* takeSignal(current);
  return result;
}

function rangeOf(ranges: Map<number, MmuNotifierRange>, id: number): MmuNotifierRange {
  const range = ranges.get(id);
  if (range === undefined) throw new FormatError(`range ${id} was not started`);
  return range;
}

function freshNotifier(machine: Machine, id: number): Ptr<"mmu_notifier"> {
  const notifier = machine.notifier(id);
  machine.words.fill(0, notifier, notifier + MmuNotifier.words);
  return notifier;
}
