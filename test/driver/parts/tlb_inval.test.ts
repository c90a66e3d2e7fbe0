import { expect, it } from "vitest";
import { RING_ENTRIES } from "../../../src/device/gpu.ts";
import { deviceEvents } from "../../../src/device/tracepoints.ts";
import { DmaFence } from "../../../src/driver/parts/dma_fence.ts";
import {
  TlbInval,
  tlbInvalDone,
  tlbInvalIssueAll,
  tlbInvalIssueRange,
  tlbInvalJoin,
  TlbInvalState,
  tlbInvalTimeout,
  tlbInvalWait,
  tlbInvalWaitFlushed,
} from "../../../src/driver/parts/tlb_inval.ts";
import { TlbInvalFence } from "../../../src/driver/parts/tlb_inval_fence.ts";
import { TLB_INVAL_SEQNO_MAX } from "../../../src/driver/parts/tlb_inval_seqno.ts";
import { interruptLoop } from "../../../src/device/completion_ring.ts";
import { DEFAULT_GPU_CONFIG, type GpuConfig } from "../../../src/device/config.ts";
import { typicalUs } from "../../../src/device/latency.ts";
import { engineLoop } from "../../../src/device/engine.ts";
import { FaultLine, Gpu } from "../../../src/device/gpu.ts";
import type { Engine } from "../../../src/executor/explorer/engine/engine.ts";
import { randomWalk } from "../../../src/executor/explorer/engine/random_walk.ts";
import { Layout } from "../../../src/machine/layout.ts";
import { PhysicalMemory } from "../../../src/machine/physical.ts";
import { sleepUntil } from "../../../src/machine/futex.ts";
import type { Run } from "../../../src/machine/step.ts";
import type { Ptr } from "../../../src/machine/struct.ts";
import { Task } from "../../../src/machine/task.ts";
import { Tracer } from "../../../src/machine/tracer.ts";

const ASID = 7;
const ETIME = -62;
const FENCES = 80;
const QUARTER_SECOND_US = 250_000;

/** A GPU's command engine, the front end, and fences to wait with. */
class Bench {
  readonly tracer = new Tracer();
  readonly gpu: Gpu;
  readonly inval: TlbInval;
  readonly words: Int32Array;
  readonly #fences: Ptr<"tlb_inval_fence">;

  constructor(config: Partial<GpuConfig> = {}) {
    const layout = new Layout();
    const physical = new PhysicalMemory(layout, 4, 2);
    const faultLine = layout.place(FaultLine, "fault_line");
    this.gpu = new Gpu(layout, physical, 0, 1, { ...DEFAULT_GPU_CONFIG, contexts: 1, ...config }, faultLine);
    this.inval = new TlbInval(layout, this.gpu);
    this.#fences = layout.place(TlbInvalFence, "fence", FENCES);
    this.words = new Int32Array(new SharedArrayBuffer(layout.words * 4));
  }

  fence(index: number): Ptr<"tlb_inval_fence"> {
    return (this.#fences + index * TlbInvalFence.words) as Ptr<"tlb_inval_fence">;
  }

  isSignaled(index: number): boolean {
    return this.words[this.fence(index) + TlbInvalFence.fence + DmaFence.state] !== 0;
  }

  task(engine: Engine, id: number): Task {
    return new Task({
      id,
      name: `task${id}`,
      words: this.words,
      tracer: this.tracer,
      interleaved: true,
      nowUs: () => engine.nowUs,
    });
  }

  /** Run these bodies beside the GPU, unless the GPU `isDead`. */
  run(seed: number, bodies: readonly ((task: Task) => Run<void>)[], isDead = false): Engine {
    return randomWalk({
      words: this.words,
      seed,
      spawn: (engine) => {
        for (const [index, body] of bodies.entries()) {
          const task = this.task(engine, 1 + index);
          engine.spawn(task, body(task));
        }
        if (isDead) return [];
        const command = this.task(engine, 50);
        const irq = this.task(engine, 51);
        return [
          engine.spawn(command, engineLoop(command, this.gpu)),
          engine.spawn(
            irq,
            interruptLoop(irq, this.gpu, (seqno) => tlbInvalDone(irq, this.inval, seqno)),
          ),
        ];
      },
    });
  }
}

it("completes every invalidation of many senders, none before the hardware has flushed", () => {
  for (let seed = 1; seed <= 100; seed++) {
    const bench = new Bench();
    const flushed = new Set<number>();
    bench.tracer.on("record", deviceEvents.tlbFlushed, (_task, _gpu, _asid, _start, _end, seqno) => flushed.add(seqno));
    let done = 0;
    const sender = (index: number) =>
      function* (task: Task): Run<void> {
        for (let round = 0; round < 3; round++) {
          const seqno = yield* tlbInvalIssueRange(task, bench.inval, bench.fence(index), ASID, 0x1000, 0x3000);
          expect(yield* tlbInvalWait(task, bench.inval, bench.fence(index))).toBe(0);
          expect(flushed.has(seqno)).toBe(true);
          done++;
        }
      };
    bench.run(seed, [sender(0), sender(1), sender(2)]);
    expect(done).toBe(9);
    expect(flushed.size).toBe(9);
  }
});

it("skips 0 and keeps order when the numbers wrap", () => {
  for (let seed = 1; seed <= 30; seed++) {
    const bench = new Bench();
    bench.words[bench.inval.state + TlbInvalState.seqno] = TLB_INVAL_SEQNO_MAX - 3;
    bench.words[bench.inval.state + TlbInvalState.seqnoRecv] = TLB_INVAL_SEQNO_MAX - 3;
    const seqnos: number[] = [];
    bench.run(seed, [
      function* (task) {
        for (let i = 0; i < 5; i++) seqnos.push(yield* tlbInvalIssueAll(task, bench.inval, bench.fence(i), ASID));
        for (let i = 0; i < 5; i++) expect(yield* tlbInvalWait(task, bench.inval, bench.fence(i))).toBe(0);
      },
    ]);
    expect(seqnos).toEqual([TLB_INVAL_SEQNO_MAX - 2, TLB_INVAL_SEQNO_MAX - 1, 1, 2, 3]);
  }
});

it("waits for room when the ring is full", () => {
  const bench = new Bench({ tlbLatencyUs: 10 });
  const count = RING_ENTRIES + 10;
  bench.run(1, [
    function* (task) {
      for (let i = 0; i < count; i++) yield* tlbInvalIssueAll(task, bench.inval, bench.fence(i), ASID);
      for (let i = 0; i < count; i++) expect(yield* tlbInvalWait(task, bench.inval, bench.fence(i))).toBe(0);
    },
  ]);
});

it("signals everything up to the number answered, and ignores old numbers (RULES 69)", () => {
  const bench = new Bench();
  bench.run(
    1,
    [
      function* (task) {
        for (let i = 0; i < 4; i++) yield* tlbInvalIssueAll(task, bench.inval, bench.fence(i), ASID);
        yield* tlbInvalDone(task, bench.inval, 3);
        expect([0, 1, 2, 3].map((i) => bench.isSignaled(i))).toEqual([true, true, true, false]);
        yield* tlbInvalDone(task, bench.inval, 2);
        expect(bench.words[bench.inval.state + TlbInvalState.seqnoRecv]).toBe(3);
        yield* tlbInvalDone(task, bench.inval, 4);
        expect(bench.isSignaled(3)).toBe(true);
      },
    ],
    true,
  );
});

it("gives up after a quarter of a second and twice a full ring, signals with -ETIME, and is done with it (RULES 70)", () => {
  const bench = new Bench({ tlbLatencyUs: 100 });
  expect(bench.inval.timeoutUs).toBe(QUARTER_SECOND_US + 2 * RING_ENTRIES * 100);
  const engine = bench.run(
    1,
    [
      function* (task) {
        yield* tlbInvalIssueAll(task, bench.inval, bench.fence(0), ASID);
        expect(yield* tlbInvalTimeout(task, bench.inval)).toBe(false);
        expect(yield* tlbInvalWait(task, bench.inval, bench.fence(0))).toBe(ETIME);
        expect(bench.words[bench.inval.state + TlbInvalState.seqnoRecv]).toBe(0);
        yield* tlbInvalDone(task, bench.inval, 1); // the answer comes after all: nobody waits any more
        expect(bench.words[bench.inval.state + TlbInvalState.seqnoRecv]).toBe(1);
      },
    ],
    true,
  );
  expect(engine.nowUs).toBe(bench.inval.timeoutUs);
});

it("lets the time-out work end what nobody waits for, and only what is old enough", () => {
  const bench = new Bench();
  bench.run(
    1,
    [
      function* (task) {
        yield* tlbInvalIssueAll(task, bench.inval, bench.fence(0), ASID);
        yield* sleepUntil(task, 1000);
        yield* tlbInvalIssueAll(task, bench.inval, bench.fence(1), ASID);
        yield* sleepUntil(task, bench.inval.timeoutUs + 500);
        expect(yield* tlbInvalTimeout(task, bench.inval)).toBe(true);
        expect([bench.isSignaled(0), bench.isSignaled(1)]).toEqual([true, false]);
        expect(yield* tlbInvalTimeout(task, bench.inval)).toBe(false);
        yield* sleepUntil(task, bench.inval.timeoutUs + 1000);
        expect(yield* tlbInvalTimeout(task, bench.inval)).toBe(true);
        expect(bench.isSignaled(1)).toBe(true);
      },
    ],
    true,
  );
});

it("sends again, everything, until an answer comes", () => {
  for (let seed = 1; seed <= 40; seed++) {
    const bench = new Bench({ lostAnswerPercent: 60 });
    let flushes = 0;
    bench.tracer.on("record", deviceEvents.tlbFlushed, () => flushes++);
    bench.run(seed, [
      function* (task) {
        for (let i = 0; i < 3; i++) {
          yield* tlbInvalIssueRange(task, bench.inval, bench.fence(0), ASID, 0x1000, 0x2000);
          yield* tlbInvalWaitFlushed(task, bench.inval, bench.fence(0), ASID);
        }
      },
    ]);
    expect(flushes).toBeGreaterThanOrEqual(3);
  }
});

it("takes a late answer to the first for as good as one to the last", () => {
  const bench = new Bench({ lateAnswerPercent: 100, lateAnswerUs: 1_000_000 }); // later than any time-out
  const engine = bench.run(1, [
    function* (task) {
      yield* tlbInvalIssueRange(task, bench.inval, bench.fence(0), ASID, 0x1000, 0x2000);
      yield* tlbInvalWaitFlushed(task, bench.inval, bench.fence(0), ASID);
    },
  ]);
  expect(engine.nowUs).toBe(1_000_000 + typicalUs(DEFAULT_GPU_CONFIG.tlbLatencyUs));
});

it("lets others join an invalidation, whether it is still under way or already answered", () => {
  let late = 0;
  for (let seed = 1; seed <= 100; seed++) {
    const bench = new Bench();
    let seqno = 0;
    let isFlushed = false;
    bench.tracer.on("record", deviceEvents.tlbFlushed, () => (isFlushed = true));
    bench.run(seed, [
      function* (task) {
        seqno = yield* tlbInvalIssueAll(task, bench.inval, bench.fence(0), ASID);
        yield* tlbInvalIssueAll(task, bench.inval, bench.fence(1), ASID);
        expect(yield* tlbInvalWait(task, bench.inval, bench.fence(0))).toBe(0);
        expect(yield* tlbInvalWait(task, bench.inval, bench.fence(1))).toBe(0);
      },
      ...[2, 3].map(
        (index) =>
          function* (task: Task): Run<void> {
            while (seqno === 0) yield* sleepUntil(task, task.nowUs() + 7 * index);
            if (isFlushed) late++;
            yield* tlbInvalJoin(task, bench.inval, bench.fence(index), seqno);
            expect(yield* tlbInvalWait(task, bench.inval, bench.fence(index))).toBe(0);
            expect(isFlushed).toBe(true);
          },
      ),
    ]);
  }
  expect(late).toBeGreaterThan(0);
});

it("is done with a GPU of two TLBs when both are flushed, each with a request and a fence of its own (RULES 72)", () => {
  for (let seed = 1; seed <= 100; seed++) {
    const bench = new Bench({ tlbDomains: 2 });
    const flushed = new Set<number>();
    bench.tracer.on("record", deviceEvents.tlbFlushed, (_task, _gpu, _asid, _start, _end, seqno) => flushed.add(seqno));
    const sender = (index: number) =>
      function* (task: Task): Run<void> {
        for (let round = 0; round < 3; round++) {
          const seqno = yield* tlbInvalIssueRange(task, bench.inval, bench.fence(index), ASID, 0x1000, 0x3000);
          expect(seqno).toBe(bench.words[bench.fence(index) + TlbInvalFence.seqno]);
          expect(yield* tlbInvalWait(task, bench.inval, bench.fence(index))).toBe(0);
          expect([seqno - 1, seqno].every((number) => flushed.has(number))).toBe(true);
        }
      };
    bench.run(seed, [sender(0), sender(1)]);
    expect(flushed.size).toBe(12);
  }
});

it("sends to both TLBs again until an answer comes, and lets others join both", () => {
  for (let seed = 1; seed <= 40; seed++) {
    const bench = new Bench({ tlbDomains: 2, lostAnswerPercent: 60 });
    let seqno = 0;
    let flushes = 0;
    bench.tracer.on("record", deviceEvents.tlbFlushed, () => flushes++);
    bench.run(seed, [
      function* (task) {
        seqno = yield* tlbInvalIssueRange(task, bench.inval, bench.fence(0), ASID, 0x1000, 0x2000);
        yield* tlbInvalWaitFlushed(task, bench.inval, bench.fence(0), ASID);
        expect(flushes).toBeGreaterThanOrEqual(2);
      },
      function* (task) {
        while (seqno === 0) yield* sleepUntil(task, task.nowUs() + 7);
        yield* tlbInvalJoin(task, bench.inval, bench.fence(1), seqno);
        yield* tlbInvalWaitFlushed(task, bench.inval, bench.fence(1), ASID);
        expect(flushes).toBeGreaterThanOrEqual(2);
      },
    ]);
  }
});

it("keeps a joined fence in its place among later ones", () => {
  const bench = new Bench();
  bench.run(
    1,
    [
      function* (task) {
        for (let i = 0; i < 3; i++) yield* tlbInvalIssueAll(task, bench.inval, bench.fence(i), ASID);
        yield* tlbInvalJoin(task, bench.inval, bench.fence(3), 2);
        yield* tlbInvalDone(task, bench.inval, 2);
        expect([0, 1, 2, 3].map((i) => bench.isSignaled(i))).toEqual([true, true, false, true]);
      },
    ],
    true,
  );
});
