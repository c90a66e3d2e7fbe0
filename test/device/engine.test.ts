import { expect, test } from "vitest";
import { sendCommand, type Command } from "../../src/device/command_ring.ts";
import { CMD_TLB_INVAL_ALL, GpuRegisters, RING_ENTRIES } from "../../src/device/gpu.ts";
import { Tlb } from "../../src/device/tlb.ts";
import { deviceEvents } from "../../src/device/tracepoints.ts";
import { coveringTlbEntry } from "../../src/device/view.ts";
import { sleepUntil } from "../../src/machine/futex.ts";
import type { Run } from "../../src/machine/step.ts";
import type { Task } from "../../src/machine/task.ts";
import { ASID, DATA, inval, listed, Machine, pageVa, preempt, SEEDS } from "./fixture.ts";
import { pendingInvalidation } from "./observe.ts";

function seqnos(machine: Machine): number[] {
  return machine.answers.map((answer) => answer.seqno);
}

function* sendAll(machine: Machine, task: Task, commands: readonly Command[]): Run<void> {
  for (const command of commands) expect(yield* sendCommand(task, machine.gpu, command)).toBe(true);
}

test("a TLB invalidation is answered its latency after it was taken", () => {
  const machine = new Machine({ tlbLatencyUs: 40 });
  machine.play(1, [], (task) => machine.request(task, inval(1, 0)));
  expect(machine.answers).toEqual([{ seqno: 1, atUs: 40 }]);
  expect(machine.words[machine.gpu.regs + GpuRegisters.seqnoRecv]).toBe(1);
});

test("a ring full of invalidations costs one latency, and answers come in the order of the ring", () => {
  for (const seed of SEEDS.slice(0, 20)) {
    const machine = new Machine({ tlbLatencyUs: 40 });
    const commands = Array.from({ length: RING_ENTRIES }, (_, i) => inval(i + 1, i));
    machine.play(seed, [], function* (task) {
      yield* sendAll(machine, task, commands);
      yield* machine.awaitAnswer(task, RING_ENTRIES);
    });
    expect(seqnos(machine)).toEqual(commands.map((command) => command.seqno));
    expect(machine.answers.every((answer) => answer.atUs === 40)).toBe(true);
  }
});

test("invalidations sent at different times are answered each a latency later", () => {
  const machine = new Machine({ tlbLatencyUs: 40 });
  machine.play(1, [], function* (task) {
    for (let i = 0; i < 4; i++) {
      yield* sleepUntil(task, 10 * i + 0.25);
      yield* sendAll(machine, task, [inval(i + 1, 0)]);
    }
    yield* machine.awaitAnswer(task, 4);
  });
  expect(machine.answers.map((answer) => answer.atUs)).toEqual([40.25, 50.25, 60.25, 70.25]);
});

test("a full ring refuses, and takes again when the oldest request is done", () => {
  const machine = new Machine({ tlbLatencyUs: 40 });
  machine.play(1, [], function* (task) {
    for (let i = 1; i <= RING_ENTRIES; i++) yield* sendCommand(task, machine.gpu, inval(i, 0));
    expect(yield* sendCommand(task, machine.gpu, inval(99, 0))).toBe(false);
    yield* machine.awaitAnswer(task, RING_ENTRIES);
    yield* sleepUntil(task, 41);
    yield* machine.request(task, inval(99, 0));
  });
  expect(seqnos(machine).at(-1)).toBe(99);
});

test("positions on the ring wrap around", () => {
  const machine = new Machine();
  for (const field of [GpuRegisters.head, GpuRegisters.taken, GpuRegisters.tail, GpuRegisters.doneHead, GpuRegisters.doneTail]) {
    machine.words[machine.gpu.regs + field] = 2 ** 31 - 5;
  }
  machine.play(1, [], function* (task) {
    for (let i = 1; i <= 10; i++) yield* machine.request(task, inval(i, 0));
  });
  expect(seqnos(machine)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
});

test("several senders at once, and an interrupt handler that falls behind: every request is answered once", () => {
  for (const seed of SEEDS.slice(0, 60)) {
    const machine = new Machine();
    machine.handlerUs = seed % 3;
    machine.stallPercent = seed % 5;
    const sender = (first: number) =>
      function* (task: Task): Run<void> {
        for (let i = 0; i < 40; i++) {
          while (!(yield* sendCommand(task, machine.gpu, inval(first + i, 0)))) yield* sleepUntil(task, machine.nowUs() + 1);
        }
        for (let i = 0; i < 40; i++) yield* machine.awaitAnswer(task, first + i);
      };
    machine.play(seed, [], sender(1), sender(101), sender(201));
    const sorted = seqnos(machine).sort((a, b) => a - b);
    expect(sorted, `seed ${seed}`).toEqual([1, 101, 201].flatMap((first) => Array.from({ length: 40 }, (_, i) => first + i)));
  }
});

test("seqno 0 wants no answer", () => {
  const machine = new Machine();
  machine.play(1, [], function* (task) {
    yield* sendAll(machine, task, [inval(0, 0)]);
    yield* machine.request(task, inval(1, 0));
  });
  expect(seqnos(machine)).toEqual([1]);
});

test("a lost answer never comes, its flush does, and later requests are answered", () => {
  const machine = new Machine({ tlbLatencyUs: 40, lostAnswerPercent: 50 });
  const flushed = new Set<number>();
  machine.tracer.on("record", deviceEvents.tlbFlushed, (_task, _gpu, _asid, _start, _end, seqno) => flushed.add(seqno));
  machine.play(3, [], function* (task) {
    for (let i = 1; i <= 40; i++) yield* sendCommand(task, machine.gpu, inval(i, 0));
    yield* sleepUntil(task, 1000);
  });
  expect(flushed.size).toBe(40);
  expect(machine.answers.length).toBeGreaterThan(5);
  expect(machine.answers.length).toBeLessThan(35);
  expect(seqnos(machine)).toEqual(seqnos(machine).sort((a, b) => a - b));
});

test("a late answer comes late, and holds up those behind it", () => {
  const machine = new Machine({ tlbLatencyUs: 40, lateAnswerPercent: 20, lateAnswerUs: 1000 });
  machine.play(5, [], function* (task) {
    yield* sendAll(
      machine,
      task,
      Array.from({ length: 20 }, (_, i) => inval(i + 1, 0)),
    );
    yield* sleepUntil(task, 5000);
  });
  const times = machine.answers.map((answer) => answer.atUs);
  expect(seqnos(machine)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
  const firstLate = times.indexOf(1040);
  expect(firstLate).toBeGreaterThan(0);
  expect(times).toEqual(times.map((_, i) => (i < firstLate ? 40 : 1040)));
});

test("firmware that answers out of order has done its own flush, not those it overtakes", () => {
  const machine = new Machine({ tlbLatencyUs: 40, outOfOrderPercent: 50 });
  const flushed = new Set<number>();
  machine.tracer.on("record", deviceEvents.tlbFlushed, (_task, _gpu, _asid, _start, _end, seqno) => flushed.add(seqno));
  let brokenPromises = 0;
  machine.tracer.on("record", deviceEvents.commandDone, (_task, _gpu, _op, seqno) => {
    expect(flushed.has(seqno)).toBe(true);
    if (Array.from({ length: seqno }, (_, i) => i + 1).some((earlier) => !flushed.has(earlier))) brokenPromises++;
  });
  machine.play(1, [], function* (task) {
    yield* sendAll(
      machine,
      task,
      Array.from({ length: 20 }, (_, i) => inval(i + 1, 0)),
    );
    yield* sleepUntil(task, 100);
  });
  expect(seqnos(machine).sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
  expect(machine.answers[0].atUs).toBe(0);
  expect(brokenPromises).toBeGreaterThan(0);
});

test("a range takes what it touches, everything takes all, both of one address space", () => {
  const machine = new Machine();
  const { gpu, words } = machine;
  for (let page = 0; page < 4; page++) machine.map(page, DATA + page);
  const isCached = (page: number) => coveringTlbEntry(words, gpu, ASID, pageVa(page), pageVa(page + 1)) !== 0;
  machine.play(1, [listed([0, 1, 2, 3].map((page) => machine.write(page, 1)))], function* (task) {
    yield* sleepUntil(task, 1);
    yield* machine.request(task, { ...inval(1, 1, 2), asid: ASID + 1 });
    expect([0, 1, 2, 3].map(isCached)).toEqual([true, true, true, true]);
    yield* machine.request(task, { ...inval(2, 1), start: pageVa(1) + 1, end: pageVa(2) + 1 });
    expect([0, 1, 2, 3].map(isCached)).toEqual([true, false, false, true]);
    yield* machine.request(task, { ...inval(3, 0), end: pageVa(0) });
    expect([0, 1, 2, 3].map(isCached)).toEqual([true, false, false, true]);
    yield* machine.request(task, { op: CMD_TLB_INVAL_ALL, seqno: 4, asid: ASID, start: 0, end: 0 });
    expect([0, 1, 2, 3].map(isCached)).toEqual([false, false, false, false]);
  });
});

test("an invalidation empties the TLB that it names, and waits for accesses through no other", () => {
  const machine = new Machine({ contexts: 2, tlbDomains: 2 });
  const { gpu, words } = machine;
  machine.map(0, DATA);
  const cached = () => gpu.tlbs.map((tlb) => words[tlb + Tlb.l1] !== 0); // the first entry's stamp
  const stamps = new Set<number>();
  machine.tracer.on("record", deviceEvents.tlbFill, (_task, _gpu, _vm, _va, _pte, _pteAddr, stamp) => stamps.add(stamp));
  machine.play(1, [listed([machine.write(0, 1)]), listed([machine.write(0, 2)])], function* (task) {
    yield* sleepUntil(task, 1);
    expect(cached()).toEqual([true, true]);
    yield* machine.request(task, { ...inval(1, 0), tlbDomain: 1 });
    expect(cached()).toEqual([true, false]);
    yield* machine.request(task, inval(2, 0));
    expect(cached()).toEqual([false, false]);
  });
  expect(stamps.size).toBe(2); // translations of different TLBs have different numbers
});

test("entries go at the first or at the last moment of the latency, and never after the answer", () => {
  const half = { gone: 0, there: 0 };
  for (const seed of SEEDS.slice(0, 40)) {
    const machine = new Machine({ tlbLatencyUs: 40 });
    const isCached = () => coveringTlbEntry(machine.words, machine.gpu, ASID, pageVa(0), pageVa(1)) !== 0;
    machine.map(0, DATA);
    machine.play(seed, [listed([machine.write(0, 1)])], function* (task) {
      yield* sleepUntil(task, 1);
      yield* sendAll(machine, task, [inval(1, 0)]);
      yield* sleepUntil(task, 21);
      half[isCached() ? "there" : "gone"]++;
      yield* machine.awaitAnswer(task, 1);
      expect(isCached()).toBe(false);
    });
  }
  expect(Math.min(half.gone, half.there)).toBeGreaterThan(5);
});

test("an invalidation is pending from when it was sent until it is answered", () => {
  for (const seed of SEEDS.slice(0, 40)) {
    const machine = new Machine({ tlbLatencyUs: 40 });
    machine.stallPercent = seed % 4;
    const pending = (page: number) =>
      pendingInvalidation(machine.words, machine.gpu, ASID, pageVa(page), pageVa(page + 1))?.seqno;
    machine.play(seed, [], function* (task) {
      yield* sendAll(machine, task, [inval(7, 2, 2), inval(8, 3, 2), preempt(9, 0)]);
      expect([1, 2, 3, 4, 5].map(pending)).toEqual([undefined, 7, 7, 8, undefined]);
      yield* sleepUntil(task, 20);
      expect([1, 2, 3, 4, 5].map(pending)).toEqual([undefined, 7, 7, 8, undefined]);
      yield* machine.awaitAnswer(task, 8);
      expect([1, 2, 3, 4, 5].map(pending)).toEqual([undefined, undefined, undefined, undefined, undefined]);
    });
  }
});

test("an empty round trip without latency costs few steps of the GPU", () => {
  const machine = new Machine({ contexts: 2 });
  let steps = 0;
  machine.onStep = () => steps++;
  machine.play(1, [], function* (task) {
    yield* machine.request(task, inval(1, 0));
    yield* sleepUntil(task, 1);
    steps = 0;
    yield* machine.request(task, inval(2, 0));
    yield* sleepUntil(task, 2);
    expect(steps).toMatchInlineSnapshot(`28`);
  });
});

test("a request that no GPU can carry out is refused at once", () => {
  const machine = new Machine();
  const task = machine.task("cpu");
  expect(() => sendCommand(task, machine.gpu, { ...inval(1, 0), op: 9 }).next()).toThrow(RangeError);
  expect(() => sendCommand(task, machine.gpu, preempt(1, 3)).next()).toThrow(RangeError);
  expect(() => sendCommand(task, machine.gpu, { ...inval(1, 0), tlbDomain: 1 }).next()).toThrow(RangeError);
});
