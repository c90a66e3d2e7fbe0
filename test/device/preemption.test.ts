import { expect, test } from "vitest";
import { sendCommand } from "../../src/device/command_ring.ts";
import type { GpuConfig } from "../../src/device/config.ts";
import { answerFault, takeFault } from "../../src/device/fault_buffer.ts";
import { CMD_PREEMPT, CMD_TLB_INVAL_RANGE, GpuContext } from "../../src/device/gpu.ts";
import { deviceEvents } from "../../src/device/tracepoints.ts";
import { hasFault, isContextRunning } from "../../src/device/view.ts";
import { sleepUntil } from "../../src/machine/futex.ts";
import { DATA, inval, listed, Machine, preempt, resume, SEEDS } from "./fixture.ts";
import { gpuCounters } from "./observe.ts";

/** A machine that reports accesses made between `preempted` and `resumed`. */
function watched(config: Partial<GpuConfig>): { machine: Machine; illegal: number[] } {
  const machine = new Machine({ contexts: 2, ...config });
  const illegal: number[] = [];
  const parked = new Set<number>();
  machine.map(0, DATA);
  machine.map(1, DATA + 1);
  machine.tracer.on("record", deviceEvents.preempted, (_task, _gpu, context) => parked.add(context));
  machine.tracer.on("record", deviceEvents.resumed, (_task, _gpu, context) => parked.delete(context));
  machine.tracer.on("record", deviceEvents.deviceAccess, (task, _gpu, va) => {
    for (const context of parked) if (task.name === `context${context}`) illegal.push(va);
  });
  return { machine, illegal };
}

test("a preempted context does nothing from the answer until it is resumed, and then loses nothing", () => {
  for (const seed of SEEDS) {
    const { machine, illegal } = watched({ preemptLatencyUs: seed % 2 === 0 ? 0 : 100 });
    machine.stallPercent = seed % 4;
    const programs = [0, 1].map((page) => listed(Array.from({ length: 20 }, () => machine.write(page, 1))));
    machine.play(seed, programs, function* (task) {
      for (let i = 0; i < 6; i++) {
        yield* machine.request(task, preempt(2 * i + 1, i % 2));
        const done = () => machine.words[machine.gpu.contexts[i % 2] + GpuContext.accesses];
        const before = done();
        expect(isContextRunning(machine.words, machine.gpu, i % 2)).toBe(false);
        yield* machine.request(task, inval(0x1000 + i, 0, 2));
        expect(done()).toBe(before);
        yield* machine.request(task, resume(2 * i + 2, i % 2));
      }
      yield* sleepUntil(task, 10_000);
    });
    expect(illegal, `seed ${seed}`).toEqual([]);
    expect(gpuCounters(machine.words, machine.gpu).accesses, `seed ${seed}`).toBe(40);
  }
});

test("preemption and resumption of one context are carried out in the order of the ring, without waiting in between", () => {
  for (const seed of SEEDS) {
    const { machine, illegal } = watched({});
    machine.stallPercent = seed % 4;
    machine.play(seed, [listed(Array.from({ length: 20 }, () => machine.write(0, 1)))], function* (task) {
      for (let i = 1; i <= 9; i += 2) {
        yield* sendCommand(task, machine.gpu, preempt(i, 0));
        yield* sendCommand(task, machine.gpu, resume(i + 1, 0));
      }
      yield* machine.awaitAnswer(task, 10);
      yield* sleepUntil(task, 10_000);
    });
    expect(
      machine.answers.map((answer) => answer.seqno),
      `seed ${seed}`,
    ).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(illegal).toEqual([]);
    expect(gpuCounters(machine.words, machine.gpu).accesses, `seed ${seed}`).toBe(20);
  }
});

test("a context that has nothing to do is preempted at once", () => {
  const { machine } = watched({ preemptLatencyUs: 100 });
  machine.play(1, [listed([])], function* (task) {
    yield* sleepUntil(task, 10);
    yield* machine.request(task, preempt(1, 0));
  });
  expect(machine.answers).toEqual([{ seqno: 1, atUs: 10 }]);
});

test("a context that no task runs counts as preempted", () => {
  const { machine } = watched({ preemptLatencyUs: 100 });
  machine.play(1, [], (task) => machine.request(task, preempt(1, 1)));
  expect(machine.answers).toEqual([{ seqno: 1, atUs: 0 }]);
});

test("a context that waits for a fault is preempted at once, and its answer waits for the resumption", () => {
  for (const seed of SEEDS.slice(0, 50)) {
    const { machine, illegal } = watched({ preemptLatencyUs: 100 });
    const { gpu, words } = machine;
    machine.play(seed, [listed([machine.write(2, 1)])], function* (task) {
      yield* sleepUntil(task, 10);
      expect(hasFault(words, gpu, 0)).toBe(true);
      yield* machine.request(task, preempt(1, 0));
      const fault = yield* takeFault(task, gpu);
      machine.map(2, DATA + 2);
      yield* answerFault(task, gpu, fault?.slot ?? -1, 0);
      yield* sleepUntil(task, 20);
      expect(gpuCounters(words, gpu).accesses).toBe(0);
      yield* machine.request(task, resume(2, 0));
      yield* sleepUntil(task, 30);
    });
    expect(machine.answers[0], `seed ${seed}`).toEqual({ seqno: 1, atUs: 10 });
    expect(illegal).toEqual([]);
    expect(gpuCounters(words, gpu)).toMatchObject({ accesses: 1, faults: 1, errors: 0 });
  }
});

test("a running context goes on until the latency is over", () => {
  const machine = new Machine({ preemptLatencyUs: 100 });
  machine.map(0, DATA);
  machine.play(1, [() => machine.write(0, 1)], function* (task) {
    yield* sendCommand(task, machine.gpu, preempt(1, 0));
    const { accesses } = gpuCounters(machine.words, machine.gpu);
    while (gpuCounters(machine.words, machine.gpu).accesses < accesses + 10) yield* machine.tick(task, 1);
    expect(machine.answers).toEqual([]);
    yield* machine.tick(task, 100);
    yield* machine.awaitAnswer(task, 1);
  });
  expect(machine.answers).toHaveLength(1);
});

test("TLB invalidations do not wait for a preemption that was sent before them", () => {
  const machine = new Machine({ tlbLatencyUs: 0, preemptLatencyUs: 100 });
  machine.map(0, DATA);
  machine.play(1, [() => machine.write(0, 1)], function* (task) {
    yield* sendCommand(task, machine.gpu, preempt(1, 0));
    yield* machine.request(task, inval(2, 0));
    yield* machine.tick(task, 100);
    yield* machine.awaitAnswer(task, 1);
  });
  expect(machine.answers.map((answer) => answer.seqno)).toEqual([2, 1]);
  expect(machine.answeredOps).toEqual([CMD_TLB_INVAL_RANGE, CMD_PREEMPT]);
});

test("an invalidation that is done is not overtaken, though it has not left the ring", () => {
  const machine = new Machine({ tlbLatencyUs: 40, preemptLatencyUs: 1000, outOfOrderPercent: 100 });
  machine.map(0, DATA);
  machine.play(1, [() => machine.write(0, 1)], function* (task) {
    yield* sendCommand(task, machine.gpu, preempt(1, 0));
    yield* sendCommand(task, machine.gpu, inval(2, 0));
    while (machine.answers.length < 1) yield* machine.tick(task, 1);
    yield* sendCommand(task, machine.gpu, inval(3, 0));
    const sentUs = machine.nowUs();
    while (machine.answers.length < 2) yield* machine.tick(task, 0.1);
    expect(machine.answers[1].seqno).toBe(3);
    expect(machine.answers[1].atUs).toBeGreaterThanOrEqual(sentUs + 40);
    yield* machine.tick(task, 1000);
    yield* machine.awaitAnswer(task, 1);
  });
});
