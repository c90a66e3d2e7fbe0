import { expect, test } from "vitest";
import { GpuRegisters } from "../../src/device/gpu.ts";
import { deviceEvents } from "../../src/device/tracepoints.ts";
import { ringDoorbell } from "../../src/device/command_ring.ts";
import { ACCESS_ADD, ACCESS_READ, ACCESS_WRITE } from "../../src/machine/access_kind.ts";
import { contextLoop, type Access } from "../../src/device/context.ts";
import { sleepUntil } from "../../src/machine/futex.ts";
import { kindOf, RELAX, type Step } from "../../src/machine/step.ts";
import { L1_ENTRIES } from "../../src/device/tlb.ts";
import { DATA, listed, Machine, pageVa, SEEDS } from "./fixture.ts";
import { gpuCounters } from "./observe.ts";

test("a context reads, writes and adds, each in its own word, and names the translation it used", () => {
  const machine = new Machine();
  const { gpu, vm, physical, words } = machine;
  machine.map(0, DATA);
  words[physical.entry(DATA, 3)] = 77;
  const seen: number[][] = [];
  machine.tracer.on("record", deviceEvents.deviceAccess, (_task, ...args) => seen.push(args));
  machine.play(
    1,
    [
      listed([
        { vm, va: pageVa(0) + 12, kind: ACCESS_READ, value: 0 },
        { vm, va: pageVa(0), kind: ACCESS_WRITE, value: 41 },
        { vm, va: pageVa(0), kind: ACCESS_ADD, value: 5 },
        { vm, va: pageVa(0), kind: ACCESS_ADD, value: 6 },
      ]),
    ],
    (task) => sleepUntil(task, 1),
  );
  expect(seen).toEqual([
    [0, pageVa(0) + 12, DATA, ACCESS_READ, 77, 1],
    [0, pageVa(0) + 8, DATA, ACCESS_WRITE, 41, 1],
    [0, pageVa(0), DATA, ACCESS_ADD, 5, 1],
    [0, pageVa(0), DATA, ACCESS_ADD, 6, 1],
  ]);
  expect(words[physical.counterWord(DATA)]).toBe(11);
  expect(words[physical.writerWord(DATA, gpu.writer)]).toBe(41);
  expect(gpuCounters(words, gpu)).toEqual({ accesses: 4, faults: 0, errors: 0, fills: 1, flushes: 0 });
});

test("a page is walked for once, then found in the TLB, in its second level when others pushed it out", () => {
  const machine = new Machine();
  const pages = Array.from({ length: L1_ENTRIES + 1 }, (_, page) => page);
  for (const page of pages) machine.map(page, DATA);
  const levels: number[] = [];
  machine.tracer.on("record", deviceEvents.tlbLookup, (_task, _gpu, level) => levels.push(level));
  machine.play(1, [listed([0, ...pages, 0].map((page) => machine.read(page)))], (task) => sleepUntil(task, 1));
  expect(levels).toEqual([0, 1, ...pages.slice(1).map(() => 0), 2]);
});

test("additions of all contexts add up", () => {
  for (const seed of SEEDS.slice(0, 50)) {
    const machine = new Machine({ contexts: 4 });
    machine.map(0, DATA);
    const add: Access = { vm: machine.vm, va: pageVa(0), kind: ACCESS_ADD, value: 1 };
    machine.play(
      seed,
      Array.from({ length: 4 }, () => listed([add, add, add, add, add])),
      (task) => sleepUntil(task, 1),
    );
    expect(machine.words[machine.physical.counterWord(DATA)], `seed ${seed}`).toBe(20);
  }
});

test("a program that had nothing to do is asked again when the doorbell rings, however close the two are", () => {
  for (const seed of SEEDS) {
    const machine = new Machine();
    machine.map(0, DATA);
    let left = 0;
    machine.play(seed, [() => (left-- > 0 ? machine.write(0, 1) : null)], function* (task) {
      for (let i = 0; i < seed % 10; i++) yield* machine.tick(task, 0);
      left = 3;
      yield* ringDoorbell(task, machine.gpu);
      yield* sleepUntil(task, 1);
    });
    expect(gpuCounters(machine.words, machine.gpu).accesses, `seed ${seed}`).toBe(3);
  }
});

test("no more walks at once than there are walkers, and every one gets its turn", () => {
  for (const seed of SEEDS.slice(0, 50)) {
    const machine = new Machine({ contexts: 6, walkers: 2 });
    for (let page = 0; page < 12; page++) machine.map(page, DATA + page);
    let most = 0;
    machine.onStep = () => {
      most = Math.max(most, machine.words[machine.gpu.regs + GpuRegisters.walkersBusy]);
    };
    const programs = Array.from({ length: 6 }, (_, i) => listed([machine.write(2 * i, 1), machine.write(2 * i + 1, 1)]));
    machine.play(seed, programs, (task) => sleepUntil(task, 1));
    expect(gpuCounters(machine.words, machine.gpu), `seed ${seed}`).toMatchObject({ accesses: 12, fills: 12 });
    expect(most, `seed ${seed}`).toBe(2);
  }
});

test("on a thread that it shares with the engine a context pauses after a few accesses", () => {
  const machine = new Machine();
  machine.map(0, DATA);
  const context = contextLoop(machine.task("context", false), machine.gpu, 0, () => machine.write(0, 1));
  const accesses = () => gpuCounters(machine.words, machine.gpu).accesses;
  for (let turn = 1; turn <= 10; turn++) {
    expect(kindOf(context.next(0).value as Step)).toBe(RELAX);
    expect(accesses()).toBe(4 * turn);
  }
});
