import { expect, test } from "vitest";
import { contextLoop, type Access } from "../../src/device/context.ts";
import { engineLoop } from "../../src/device/engine.ts";
import { deviceEvents } from "../../src/device/tracepoints.ts";
import { stopGpu } from "../../src/device/stop.ts";
import { gpuCounters } from "../../src/device/view.ts";
import { randomWalk } from "../../src/executor/explorer/random_walk.ts";
import { ACCESS_ADD, ACCESS_READ, ACCESS_WRITE } from "../../src/machine/access_kind.ts";
import { DATA, Machine, pageVa } from "./fixture.ts";

test("a context reads, writes and adds through the TLBs", () => {
  const machine = new Machine();
  const { gpu, vm, physical, words } = machine;
  machine.map(0, DATA);
  words[physical.entry(DATA, 3)] = 77;
  const accesses: Access[] = [
    { vm, va: pageVa(0) + 12, kind: ACCESS_READ, value: 0 },
    { vm, va: pageVa(0), kind: ACCESS_WRITE, value: 41 },
    { vm, va: pageVa(0), kind: ACCESS_ADD, value: 5 },
    { vm, va: pageVa(0), kind: ACCESS_ADD, value: 6 },
  ];
  const seen: number[][] = [];
  machine.tracer.on(deviceEvents.deviceAccess, (_task, ...args) => seen.push(args));
  randomWalk({
    words,
    seed: 1,
    spawn: (engine) => {
      engine.spawn(machine.task("engine", engine), engineLoop(machine.task("engine", engine), gpu));
      const task = machine.task("context", engine);
      const cpu = machine.task("cpu", engine);
      let i = 0;
      engine.spawn(task, contextLoop(task, gpu, 0, () => {
        if (i < accesses.length) return accesses[i++];
        engine.spawn(cpu, stopGpu(cpu, gpu));
        return null;
      }));
    },
  });
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
