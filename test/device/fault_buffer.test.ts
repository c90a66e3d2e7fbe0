import { expect, test } from "vitest";
import { answerFault, takeFault } from "../../src/device/fault_buffer.ts";
import { FaultLine } from "../../src/device/gpu.ts";
import { deviceEvents } from "../../src/device/tracepoints.ts";
import { readOnce } from "../../src/machine/access.ts";
import { ACCESS_READ, ACCESS_WRITE } from "../../src/machine/access_kind.ts";
import { futexWait, sleepUntil } from "../../src/machine/futex.ts";
import { PTE_PRESENT } from "../../src/machine/pte.ts";
import type { Run } from "../../src/machine/step.ts";
import type { Task } from "../../src/machine/task.ts";
import { DATA, listed, Machine, pageVa, SEEDS } from "./fixture.ts";
import { gpuCounters } from "./observe.ts";

const EFAULT = -14;

/** Serve `count` faults, asleep on the fault line in between. */
function service(machine: Machine, count: number, serve: (task: Task, page: number, kind: number) => Run<number>) {
  let left = count;
  return function* (task: Task): Run<void> {
    while (left > 0) {
      const seen = yield* readOnce(task, machine.faultLine, FaultLine.count);
      const fault = yield* takeFault(task, machine.gpu);
      if (fault === null) {
        yield* futexWait(task, machine.faultLine, FaultLine.count, seen, machine.nowUs() + 100);
        continue;
      }
      left--;
      const result = yield* serve(task, (fault.va - pageVa(0)) / 4096, fault.kind);
      yield* answerFault(task, machine.gpu, fault.slot, result);
    }
    yield* sleepUntil(task, machine.nowUs() + 1);
  };
}

test("every fault is taken once, by one of several processors, and the access is done again", () => {
  for (const seed of SEEDS) {
    const machine = new Machine({ contexts: 4 });
    const served: number[] = [];
    const programs = Array.from({ length: 4 }, (_, i) => listed([machine.write(2 * i, 1), machine.read(2 * i + 1)]));
    const cpu = service(machine, 8, function* (_task, page) {
      served.push(page);
      machine.map(page, DATA + page);
      return 0;
    });
    machine.play(seed, programs, cpu, cpu);
    expect(
      served.sort((a, b) => a - b),
      `seed ${seed}`,
    ).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(gpuCounters(machine.words, machine.gpu)).toMatchObject({ accesses: 8, faults: 8, errors: 0 });
  }
});

test("a write to a read-only page faults though its translation is cached, and finds the permission given later", () => {
  const machine = new Machine();
  machine.map(0, DATA, PTE_PRESENT);
  const kinds: number[] = [];
  machine.tracer.on("record", deviceEvents.fault, (_task, _gpu, _context, _va, kind) => kinds.push(kind));
  const cpu = service(machine, 1, function* (_task, page) {
    machine.map(page, DATA);
    return 0;
  });
  machine.play(1, [listed([machine.read(0), machine.write(0, 9), machine.read(0)])], cpu);
  expect(kinds).toEqual([ACCESS_WRITE]);
  expect(machine.words[machine.physical.writerWord(DATA, machine.gpu.writer)]).toBe(9);
});

test("an access that the service refuses is given up, and the next one follows", () => {
  const machine = new Machine();
  machine.map(1, DATA);
  const cpu = service(machine, 1, function* () {
    return EFAULT;
  });
  machine.play(1, [listed([machine.write(0, 1), machine.write(1, 2)])], cpu);
  expect(gpuCounters(machine.words, machine.gpu)).toMatchObject({ accesses: 1, faults: 1, errors: 1 });
});

test("an access that faults again and again is given up in the end", () => {
  const machine = new Machine();
  machine.map(1, DATA);
  const cpu = service(machine, 64, function* () {
    return 0;
  });
  machine.play(1, [listed([machine.write(0, 1), machine.write(1, 2)])], cpu);
  expect(gpuCounters(machine.words, machine.gpu)).toMatchObject({ accesses: 1, faults: 64, errors: 1 });
});

test("a context that faults all the time does not keep the others from being served", () => {
  const machine = new Machine({ contexts: 2 });
  machine.map(0, DATA);
  const order: number[] = [];
  const programs = [0, 1].map((context) => listed(Array.from({ length: 4 }, () => machine.write(8 + context, 1))));
  machine.play(1, programs, function* (task) {
    for (let i = 0; i < 8; i++) {
      yield* sleepUntil(task, machine.nowUs() + 1); // time enough for both to fault
      const fault = yield* takeFault(task, machine.gpu);
      order.push(fault?.context ?? -1);
      yield* answerFault(task, machine.gpu, fault?.slot ?? 0, EFAULT);
    }
  });
  expect(order).toEqual([0, 1, 0, 1, 0, 1, 0, 1]);
});

test.for([
  ["no root", (machine: Machine) => machine.words.fill(0, machine.vm, machine.vm + 1)],
  ["a table that became a data page", (machine: Machine) => machine.words.fill(-1, machine.pteAddr(0), machine.pteAddr(1))],
] as const)("a walk through %s faults", ([, damage]) => {
  const machine = new Machine();
  damage(machine);
  const cpu = service(machine, 1, function* (_task, _page, kind) {
    expect(kind).toBe(ACCESS_READ);
    return EFAULT;
  });
  machine.play(1, [listed([machine.read(0)])], cpu);
  expect(gpuCounters(machine.words, machine.gpu)).toMatchObject({ accesses: 0, faults: 1 });
});
