import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { areDependent } from "../../../../src/executor/explorer/engine/dependence.ts";
import { Engine } from "../../../../src/executor/explorer/engine/engine.ts";
import { Recording } from "../../../../src/executor/explorer/engine/recording.ts";
import { Rng } from "../../../../src/executor/explorer/engine/rng.ts";
import { runOnce } from "../../../../src/executor/explorer/engine/run.ts";
import { RandomWalk } from "../../../../src/executor/explorer/strategy/random.ts";
import type { Subject } from "../../../../src/executor/explorer/engine/subject.ts";
import { TraceHash } from "../../../../src/executor/explorer/measure/trace_hash.ts";
import {
  CHOICE,
  FUTEX_WAIT,
  FUTEX_WAKE,
  READ_ONCE,
  RMW,
  SLEEP,
  stepOf,
  WRITE_ONCE,
  type Run,
} from "../../../../src/machine/step.ts";
import { Task } from "../../../../src/machine/task.ts";
import { Tracer } from "../../../../src/machine/tracer.ts";

const WORDS = 4;

type Op =
  | { readonly kind: "read" | "write" | "claim" | "choice" | "wait" | "wake" | "sleep"; readonly addr: number }
  | { readonly kind: "spawn"; readonly ops: readonly Op[] };

/** Threads that do one operation after the other. */
class Ops implements Subject {
  readonly name = "ops";
  readonly words = new Int32Array(new SharedArrayBuffer(4 * WORDS));
  readonly #threads: readonly (readonly Op[])[];

  constructor(threads: readonly (readonly Op[])[]) {
    this.#threads = threads;
  }

  start(engine: Engine): void {
    this.words.fill(0);
    for (const ops of this.#threads) this.#spawn(engine, ops);
  }

  #spawn(engine: Engine, ops: readonly Op[]): void {
    const id = engine.threads.length + 1;
    const task = new Task({
      id,
      name: `t${id}`,
      words: this.words,
      tracer: new Tracer(),
      interleaved: true,
      nowUs: () => engine.nowUs,
    });
    engine.spawn(task, this.#run(engine, task, ops));
  }

  *#run(engine: Engine, task: Task, ops: readonly Op[]): Run<void> {
    for (const op of ops) {
      switch (op.kind) {
        case "read":
          yield stepOf(READ_ONCE, op.addr);
          break;
        case "write":
          yield stepOf(WRITE_ONCE, op.addr);
          this.words[op.addr]++;
          break;
        case "claim":
          yield stepOf(RMW, op.addr);
          if (this.words[op.addr] === 0) this.words[op.addr] = 1;
          break;
        case "choice":
          task.percent = 50;
          yield stepOf(CHOICE, 0);
          break;
        case "wait":
          task.expected = 0;
          task.deadlineUs = 100;
          yield stepOf(FUTEX_WAIT, op.addr);
          break;
        case "wake":
          task.count = 1;
          yield stepOf(FUTEX_WAKE, op.addr);
          break;
        case "sleep":
          task.deadlineUs = engine.nowUs + 10;
          yield stepOf(SLEEP, 0);
          break;
        default:
          yield stepOf(WRITE_ONCE, WORDS - 1);
          this.#spawn(engine, op.ops);
      }
    }
  }

  failure(): null {
    return null;
  }

  finish(): null {
    return null;
  }

  nameOf(addr: number): string {
    return `w${addr}`;
  }
}

/**
 * The definition, at leisure: every step stands in the layer after the last one that holds a step which it depends on; the order
 * within a layer does not matter. Threads are called by who spawned them.
 */
function foataForm(recording: Recording): string {
  const steps = Array.from({ length: recording.length }, (_, i) => recording.at(i));
  const released = pairs(recording.releases);
  const names = new Map<number, string>();
  const layers: string[][] = [];
  const layerOf: number[] = [];
  for (const [i, step] of steps.entries()) {
    const barrier = recording.timePasses.findLast((pass) => pass <= i) ?? 0;
    const before = steps
      .slice(0, i)
      .map((other, j) =>
        j < barrier || areDependent(other, step) || released.some(([at, thread]) => at === j && thread === step.thread)
          ? layerOf[j]
          : -1,
      );
    const layer = Math.max(-1, ...before) + 1;
    layerOf.push(layer);
    if (!names.has(step.thread)) names.set(step.thread, String(step.thread));
    (layers[layer] ??= []).push(
      `${names.get(step.thread)} ${step.step} ${step.wrote} ${step.answered} ` +
        `${recording.timePasses.filter((pass) => pass <= i).length}`,
    );
    for (const [order, [, thread]] of released.filter(([at]) => at === i).entries()) {
      if (!names.has(thread))
        names.set(
          thread,
          `${names.get(step.thread)}.${steps.slice(0, i).filter((other) => other.thread === step.thread).length}.${order}`,
        );
    }
  }
  return layers.map((layer) => layer.toSorted().join(", ")).join("; ");
}

function pairs(flat: readonly number[]): [number, number][] {
  return Array.from({ length: flat.length / 2 }, (_, i) => [flat[2 * i], flat[2 * i + 1]]);
}

const leaf: fc.Arbitrary<Op> = fc.record({
  kind: fc.constantFrom("read", "write", "claim", "choice", "wait", "wake", "sleep"),
  addr: fc.nat({ max: WORDS - 2 }),
});
const op: fc.Arbitrary<Op> = fc.oneof(
  { weight: 8, arbitrary: leaf },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("spawn" as const), ops: fc.array(leaf, { maxLength: 3 }) }) },
);
const threads = fc.array(fc.array(op, { maxLength: 4 }), { minLength: 2, maxLength: 4 });

/** Foata form and hash of random executions. */
function executions(subject: Subject, hash: TraceHash, runs: number): [string, number][] {
  const engine = new Engine(subject.words);
  const recording = new Recording();
  const strategy = new RandomWalk(1);
  return Array.from({ length: runs }, (_, index) => {
    strategy.begin(index);
    runOnce(engine, subject, strategy, recording, new Rng(1, index));
    return [foataForm(recording), hash.of(recording)];
  });
}

describe("the hash of a trace", () => {
  it("is the same exactly for executions of the same trace", () => {
    const hash = new TraceHash(WORDS); // one for all: what is left from former executions must not matter
    fc.assert(
      fc.property(threads, (ops) => {
        const seen = executions(new Ops(ops), hash, 40);
        const hashOf = new Map(seen);
        expect(seen).toEqual(seen.map(([form]) => [form, hashOf.get(form)]));
        expect(new Set(hashOf.values()).size).toBe(hashOf.size);
      }),
      { numRuns: 300, seed: 7 },
    );
  });

  it("does not know the order in which threads were spawned by others", () => {
    const child: Op = { kind: "spawn", ops: [{ kind: "read", addr: 0 }] };
    const other: Op = { kind: "spawn", ops: [{ kind: "write", addr: 1 }] };
    const seen = executions(new Ops([[child], [other]]), new TraceHash(WORDS), 200);
    // both spawns write the same word here, so their order is all that there is
    expect(new Set(seen.map(([, value]) => value)).size).toBe(2);
  });

  it("takes any number of threads", () => {
    const hash = new TraceHash(WORDS);
    const seen = executions(new Ops(Array.from({ length: 200 }, () => [{ kind: "read", addr: 0 }])), hash, 5);
    expect(new Set(seen.map(([, value]) => value)).size).toBe(1);
  });
});
