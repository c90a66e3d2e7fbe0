import { read, write } from "../machine/access.ts";
import { futexWait } from "../machine/futex.ts";
import type { Run } from "../machine/step.ts";
import { NULL, type Ptr } from "../machine/struct.ts";
import type { Current } from "../kernel/current.ts";
import { mmuIntervalSetSeq } from "../kernel/mmu_notifier/interval.ts";
import { MmuIntervalNotifierFinish, MmuNotifier } from "../kernel/mmu_notifier/structs.ts";
import type { FinishSlot, MmuIntervalNotifierOps, MmuNotifierOps, MmuNotifierRange } from "../kernel/mmu_notifier/types.ts";
import { Park, type Machine } from "./machine.ts";
import type { Operation, Script, Step, Trace, Value } from "./trace.ts";
import { valueOf } from "./u64.ts";

/** One call of a callback: its letter and arguments. */
export type LogEntry = (string | Value)[];

/** What callbacks need of the replay that they are called in. */
export interface Stage {
  readonly machine: Machine;
  /** The calls in the present step, in order. */
  readonly log: LogEntry[];
  /** The present step. */
  readonly present: Step;
  rangeId(range: MmuNotifierRange): number;
  /** An operation inside a callback; `x` is what it must return. */
  nested(current: Current, operation: Operation & { readonly x: number | null }): Run<void>;
}

/** 1 inside non_block_start and non_block_end. */
function nonBlock(current: Current): number {
  return current.atomicDepth > 0 ? 1 : 0;
}

/** The notifiers' callbacks, which do what the trace says. */
export class Callbacks {
  /** Numbers of the ops tables of interval notifiers, by kind from 1. */
  readonly intervalOps: readonly number[];
  /** Numbers of the ops tables of classic notifiers, by key from 1. */
  readonly ops: readonly number[];
  readonly #stage: Stage;
  readonly #trace: Trace;
  readonly #calls = new Map<string, number>();
  readonly #inUse = new Set<Ptr<"mmu_interval_notifier_finish">>();

  constructor(stage: Stage, trace: Trace) {
    this.#stage = stage;
    this.#trace = trace;
    const { notifier } = stage.machine.kernel;
    this.intervalOps = [0, ...[1, 2, 3, 4].map((kind) => notifier.registerIntervalOps(this.#intervalTable(kind)))];
    this.ops = [0, ...trace.K.map((letters, index) => notifier.registerOps(this.#table(letters, index + 1)))];
  }

  /** A new step begins: scripts begin at their first element. */
  rewind(): void {
    this.#calls.clear();
  }

  #intervalTable(kind: number): MmuIntervalNotifierOps {
    const invalidate: MmuIntervalNotifierOps["invalidate"] = (current, sub, range, seq) =>
      this.#start(current, sub, range, seq, null);
    const invalidateStart: MmuIntervalNotifierOps["invalidateStart"] = (...args) => this.#start(...args);
    const invalidateFinish: MmuIntervalNotifierOps["invalidateFinish"] = (...args) => this.#finish(...args);
    return {
      ...(kind === 1 || kind === 4 ? { invalidate } : {}),
      ...(kind === 1 ? {} : { invalidateStart }),
      ...(kind === 2 || kind === 4 ? { invalidateFinish } : {}),
    };
  }

  *#start(
    current: Current,
    sub: Ptr<"mmu_interval_notifier">,
    range: MmuNotifierRange,
    seq: number,
    slot: FinishSlot | null,
  ): Run<boolean> {
    const id = this.#stage.machine.intervalId(sub);
    const script = this.#script(`${id}`);
    const result = script.r !== 0;
    if (slot !== null && slot.finish !== NULL) throw new Error("*finish is not NULL on entry");
    const number = slot === null ? -1 : this.#chooseFinish(id, result, script);
    if (slot !== null && number >= 0) slot.finish = this.#stage.machine.finish(id, number);
    const entry = [this.#stage.rangeId(range), seq];
    this.#log(slot === null ? ["v", id, ...entry] : ["s", id, ...entry, number]);
    yield* this.#park(current, script);
    if (script.q !== 0) yield* mmuIntervalSetSeq(current, sub, seq);
    yield* this.#nested(current, script);
    if (!result && slot !== null && slot.finish !== NULL) this.#inUse.delete(slot.finish);
    return result;
  }

  /** The lowest free object of the notifier's pool, taken; -1: none, or none wanted. */
  #chooseFinish(id: number, result: boolean, script: Script): number {
    const [kind, pool = 0] = this.#trace.N[id - 1];
    if (kind === 3 || script.z === 1 || !(result || script.z === 2)) return -1;
    for (let number = 0; number < pool; number++) {
      const finish = this.#stage.machine.finish(id, number);
      if (this.#inUse.has(finish)) continue;
      this.#inUse.add(finish);
      return number;
    }
    return -1;
  }

  *#finish(current: Current, finish: Ptr<"mmu_interval_notifier_finish">): Run<void> {
    const { id, number } = this.#stage.machine.finishIds(finish);
    const sub = yield* read(current, finish, MmuIntervalNotifierFinish.notifier);
    if (sub !== this.#stage.machine.interval(id)) throw new Error(`finish ${number} of notifier ${id} names another notifier`);
    if (!this.#inUse.has(finish)) throw new Error(`finish ${number} of notifier ${id} was not handed out`);
    const script = this.#script(`${id}f`);
    this.#log(["f", id, number]);
    yield* this.#park(current, script);
    yield* this.#nested(current, script);
    this.#inUse.delete(finish);
  }

  #table(letters: string, key: number): MmuNotifierOps {
    const all: Record<string, MmuNotifierOps> = {
      S: {
        invalidateRangeStart: (current, h, range) => this.#call(current, "S", h, [this.#stage.rangeId(range), nonBlock(current)]),
      },
      E: {
        invalidateRangeEnd: (current, h, range) =>
          this.#callVoid(current, "E", h, [this.#stage.rangeId(range), nonBlock(current)]),
      },
      R: { release: (current, h) => this.#callVoid(current, "R", h, []) },
      C: { clearFlushYoung: (current, h, _mm, start, end) => this.#ask(current, "C", h, [valueOf(start), valueOf(end)]) },
      Y: { clearYoung: (current, h, _mm, start, end) => this.#ask(current, "Y", h, [valueOf(start), valueOf(end)]) },
      Z: { testYoung: (current, h, _mm, address) => this.#ask(current, "Z", h, [valueOf(address)]) },
      A: {
        archInvalidateSecondaryTlbs: (current, h, _mm, start, end) =>
          this.#callVoid(current, "A", h, [valueOf(start), valueOf(end)]),
      },
      G: { allocNotifier: (current) => this.#alloc(current, key), freeNotifier: (_current, h) => this.#free(h) },
    };
    return Object.assign({}, ...[...letters].map((letter) => all[letter]));
  }

  *#call(current: Current, letter: string, subscription: Ptr<"mmu_notifier">, args: Value[]): Run<number> {
    const id = this.#stage.machine.notifierId(subscription);
    const script = this.#script(`h${id}`);
    this.#log([letter, id, ...args]);
    yield* this.#park(current, script);
    yield* this.#nested(current, script);
    return script.r ?? 0;
  }

  *#callVoid(current: Current, letter: string, subscription: Ptr<"mmu_notifier">, args: Value[]): Run<void> {
    yield* this.#call(current, letter, subscription, args);
  }

  *#ask(current: Current, letter: string, subscription: Ptr<"mmu_notifier">, args: Value[]): Run<boolean> {
    return (yield* this.#call(current, letter, subscription, args)) === 1;
  }

  *#alloc(_current: Current, key: number): Run<Ptr<"mmu_notifier"> | number> {
    const { machine, present: step } = this.#stage;
    const script = this.#script(`k${key}`);
    this.#log(["N", key, step.h]);
    if (script.r !== undefined) return script.r;
    const notifier = machine.notifier(step.h);
    machine.words.fill(0, notifier, notifier + MmuNotifier.words);
    return notifier;
  }

  *#free(subscription: Ptr<"mmu_notifier">): Run<void> {
    this.#log(["X", this.#stage.machine.notifierId(subscription)]);
  }

  *#park(current: Current, script: Script): Run<void> {
    if (script.p !== 1) return;
    const park = this.#stage.machine.park(current.id - 1);
    while ((yield* read(current, park, Park.go)) === 0) yield* futexWait(current, park, Park.go, 0);
    yield* write(current, park, Park.go, 0);
  }

  *#nested(current: Current, script: Script): Run<void> {
    for (const operation of script.n ?? []) yield* this.#stage.nested(current, operation);
  }

  /** What the present call under this key does; the default if the trace does not say. */
  #script(key: string): Script {
    const call = this.#calls.get(key) ?? 0;
    this.#calls.set(key, call + 1);
    const script = this.#stage.present.b[key]?.[call] ?? 0;
    return script === 0 ? {} : script;
  }

  #log(entry: LogEntry): void {
    this.#stage.log.push(entry);
  }
}
