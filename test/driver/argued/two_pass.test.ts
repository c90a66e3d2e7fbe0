import { expect, it } from "vitest";
import { deviceEvents } from "../../../src/device/tracepoints.ts";
import { parseFinishOption } from "../../../src/driver/options.ts";
import { CHUNK_SIZE } from "../../../src/driver/argued/svm/svm.ts";
import { randomWalk } from "../../../src/executor/explorer/engine/random_walk.ts";
import type { Current } from "../../../src/kernel/current.ts";
import { EAGAIN } from "../../../src/kernel/errno.ts";
import { MAP_ANONYMOUS, MAP_FIXED, MAP_PRIVATE, PROT_READ, PROT_WRITE } from "../../../src/kernel/mm/mman.ts";
import { mmAlloc } from "../../../src/kernel/mm/mm_alloc.ts";
import { mmput } from "../../../src/kernel/mm/mm_count.ts";
import { doMmap } from "../../../src/kernel/mm/mmap.ts";
import { doMunmap } from "../../../src/kernel/mm/munmap.ts";
import {
  mmuNotifierInvalidateRangeEnd,
  mmuNotifierInvalidateRangeStart,
  mmuNotifierInvalidateRangeStartNonblock,
} from "../../../src/kernel/mmu_notifier/invalidate.ts";
import { mmuNotifierRangeInit } from "../../../src/kernel/mmu_notifier/range.ts";
import { MMU_NOTIFY_CLEAR } from "../../../src/kernel/mmu_notifier/types.ts";
import { kernelEvents } from "../../../src/kernel/tracepoints.ts";
import { ACCESS_READ, ACCESS_WRITE } from "../../../src/machine/access_kind.ts";
import { PAGE_SIZE } from "../../../src/machine/pte.ts";
import type { Run } from "../../../src/machine/step.ts";
import { NULL, type Ptr } from "../../../src/machine/struct.ts";
import { runOnCpu, TestMachine, until } from "../machine.ts";
import { BASE } from "../play.ts";
import { Seen } from "../seen.ts";

const LATENCY_US = 1000;

/** A process of `pages` pages from BASE on. */
function* startProcess(current: Current, pages: number): Run<Ptr<"mm_struct">> {
  const mm = yield* mmAlloc(current);
  yield* doMmap(current, mm, BASE, pages * PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED);
  return mm;
}

/** All GPUs write to these addresses of the process: their VMs. */
function* faultIn(current: Current, machine: TestMachine, mm: Ptr<"mm_struct">, vas: readonly number[]): Run<Ptr<"gpu_vm">[]> {
  const vms: Ptr<"gpu_vm">[] = [];
  for (const gpu of machine.gpus) {
    const vm = yield* machine.driver.open(current, gpu, mm);
    expect(vm).not.toBe(NULL);
    for (const va of vas) expect(yield* machine.driver.handleFault(current, { gpu, vm, va, kind: ACCESS_WRITE })).toBe(0);
    vms.push(vm);
  }
  return vms;
}

function* endProcess(current: Current, machine: TestMachine, mm: Ptr<"mm_struct">, vms: readonly Ptr<"gpu_vm">[]): Run<void> {
  for (const vm of vms) yield* machine.driver.close(current, vm);
  yield* mmput(current, mm);
}

/** Microseconds that munmap takes of a page that `gpus` GPUs have in use. */
function munmapLatency(driver: string, finish: string, gpus: number): number {
  const machine = new TestMachine({
    driver,
    gpus,
    gpuConfig: { tlbLatencyUs: LATENCY_US },
    driverOptions: { finish: parseFinishOption(finish) },
  });
  let latencyUs = -1;
  runOnCpu(machine, function* (current) {
    const mm = yield* startProcess(current, 1);
    const vms = yield* faultIn(current, machine, mm, [BASE]);
    const beginUs = current.nowUs();
    yield* doMunmap(current, mm, BASE, PAGE_SIZE);
    latencyUs = current.nowUs() - beginUs;
    yield* endProcess(current, machine, mm, vms);
  });
  return latencyUs;
}

it("waits for all GPUs at once, where a single pass waits for one after the other", () => {
  expect(munmapLatency("single-pass", "embedded", 6)).toBe(6 * LATENCY_US);
  expect(munmapLatency("two-pass", "embedded", 6)).toBe(LATENCY_US);
  expect(munmapLatency("two-pass", "pool:1", 6)).toBe(LATENCY_US); // a pool for each GPU
  expect(munmapLatency("two-pass", "nowait:0", 6)).toBe(LATENCY_US);
  expect(munmapLatency("two-pass", "pool:0", 6)).toBe(6 * LATENCY_US);
});

it("falls back to one pass for those invocations that find the pool dry", () => {
  const machine = new TestMachine({ driver: "two-pass", driverOptions: { finish: { kind: "pool", size: 2 } } });
  const seen = new Seen(machine);
  let finishes = 0;
  machine.tracer.on("record", kernelEvents.invalidateFinished, () => finishes++);
  runOnCpu(machine, function* (current) {
    const pages = (4 * CHUNK_SIZE) / PAGE_SIZE;
    const mm = yield* startProcess(current, pages);
    const vms = yield* faultIn(
      current,
      machine,
      mm,
      [0, 1, 2, 3].map((n) => BASE + n * CHUNK_SIZE),
    );
    yield* doMunmap(current, mm, BASE, pages * PAGE_SIZE);
    yield* endProcess(current, machine, mm, vms);
  });
  expect([seen.fallbacks, finishes]).toEqual([2, 2]);
  expect(machine.violations()).toEqual([]);
});

it.each(["single-pass", "two-pass"])("%s does nothing that blocks in a range that must not", (driver) => {
  const machine = new TestMachine({ driver });
  runOnCpu(machine, function* (current) {
    const mm = yield* startProcess(current, 4);
    const vms = yield* faultIn(current, machine, mm, [BASE]);
    const tryRange = function* (first: number, count: number): Run<number> {
      const range = mmuNotifierRangeInit(
        current,
        mm,
        BASE + first * PAGE_SIZE,
        BASE + (first + count) * PAGE_SIZE,
        MMU_NOTIFY_CLEAR,
      );
      const result = yield* mmuNotifierInvalidateRangeStartNonblock(current, range);
      if (result === 0) yield* mmuNotifierInvalidateRangeEnd(current, range);
      return result;
    };
    const beginUs = current.nowUs();
    expect(yield* tryRange(0, 2)).toBe(EAGAIN); // a translation would have to be flushed
    expect(yield* tryRange(1, 3)).toBe(0); // nothing there
    expect(current.nowUs()).toBe(beginUs);
    yield* doMunmap(current, mm, BASE, PAGE_SIZE);
    expect(yield* tryRange(0, 2)).toBe(0);
    yield* endProcess(current, machine, mm, vms);
  });
});

it.each(["pool:8", "pool:1", "shared-pool:1", "embedded", "block", "join", "nowait:50"])(
  "lets no invocation return before the flush of an earlier one is done, with %s (RULES 21)",
  (finish) => {
    let joined = 0;
    for (let seed = 1; seed <= 150; seed++) {
      const machine = new TestMachine({ driver: "two-pass", gpus: 2, driverOptions: { finish: parseFinishOption(finish) } });
      const flushes = machine.gpus.map(() => 0);
      machine.tracer.on("record", deviceEvents.tlbFlushed, (_task, gpu) => flushes[gpu]++);
      let mm = 0 as Ptr<"mm_struct">;
      let running = 3;
      randomWalk({
        words: machine.words,
        seed,
        spawn: (engine) => {
          const daemons = machine.spawnGpus(engine);
          const boss = machine.current(engine, 1);
          engine.spawn(
            boss,
            (function* (): Run<void> {
              const process = yield* startProcess(boss, 2);
              const vms = yield* faultIn(boss, machine, process, [BASE]);
              mm = process;
              yield* until(boss, () => running === 0);
              yield* endProcess(boss, machine, process, vms);
            })(),
          );
          for (let cpu = 1; cpu <= 3; cpu++) {
            const current = machine.current(engine, 1 + cpu);
            engine.spawn(
              current,
              (function* (): Run<void> {
                yield* until(current, () => mm !== NULL);
                const range = mmuNotifierRangeInit(current, mm, BASE, BASE + cpu * PAGE_SIZE, MMU_NOTIFY_CLEAR);
                yield* mmuNotifierInvalidateRangeStart(current, range);
                expect(flushes).toEqual([1, 1]); // one flush is enough for all three
                if (current.nowUs() > 0) joined++;
                yield* mmuNotifierInvalidateRangeEnd(current, range);
                running--;
              })(),
            );
          }
          return daemons;
        },
      });
    }
    expect(joined).toBeGreaterThan(0);
  },
);

it("does not take write permission back that another fault was given meanwhile", () => {
  const machine = new TestMachine({ driver: "two-pass" });
  const seen = new Seen(machine);
  runOnCpu(machine, function* (current) {
    const [gpu] = machine.gpus;
    const mm = yield* startProcess(current, 1);
    const [vm] = yield* faultIn(current, machine, mm, [BASE]);
    expect(seen.commits).toBe(1);
    expect(yield* machine.driver.handleFault(current, { gpu, vm, va: BASE, kind: ACCESS_READ })).toBe(0);
    expect(seen.commits).toBe(1);
    yield* endProcess(current, machine, mm, [vm]);
  });
});
