import { describe, expect, it } from "vitest";
import { GpuContext } from "../../../../src/device/gpu.ts";
import { deviceEvents } from "../../../../src/device/tracepoints.ts";
import { driverEvents } from "../../../../src/driver/tracepoints.ts";
import { Engine } from "../../../../src/executor/explorer/engine/engine.ts";
import { randomWalk } from "../../../../src/executor/explorer/engine/random_walk.ts";
import type { Current } from "../../../../src/kernel/current.ts";
import { EAGAIN, EFAULT } from "../../../../src/kernel/errno.ts";
import { MAP_ANONYMOUS, MAP_FIXED, MAP_PRIVATE, PROT_READ, PROT_WRITE } from "../../../../src/kernel/mm/mman.ts";
import { mmAlloc } from "../../../../src/kernel/mm/mm_alloc.ts";
import { mmput } from "../../../../src/kernel/mm/mm_count.ts";
import { doMmap } from "../../../../src/kernel/mm/mmap.ts";
import { doMunmap } from "../../../../src/kernel/mm/munmap.ts";
import {
  mmuNotifierInvalidateRangeEnd,
  mmuNotifierInvalidateRangeStart,
  mmuNotifierInvalidateRangeStartNonblock,
} from "../../../../src/kernel/mmu_notifier/invalidate.ts";
import { mmuNotifierRangeInit } from "../../../../src/kernel/mmu_notifier/range.ts";
import { MMU_NOTIFY_CLEAR } from "../../../../src/kernel/mmu_notifier/types.ts";
import { kernelEvents } from "../../../../src/kernel/tracepoints.ts";
import { sleepUntil } from "../../../../src/machine/futex.ts";
import { ACCESS_READ } from "../../../../src/machine/access_kind.ts";
import { PAGE_SIZE } from "../../../../src/machine/pte.ts";
import type { Run } from "../../../../src/machine/step.ts";
import { NULL, type Ptr } from "../../../../src/machine/struct.ts";
import { runOnCpu, TestMachine, until } from "../../machine.ts";
import { BASE, type Play } from "../../play.ts";
import { Seen } from "../../seen.ts";
import { walks, type MachineOptions } from "../../walks.ts";

const NOTHING_IN_USE = { frames: 0, mms: 0, vmas: 0, mappings: 0, swapSlots: 0 };
const FAULT = "xe-userptr";
const PREEMPT = "xe-userptr-preempt";
const PAGES = 4;

/** A process of a few pages from BASE on. */
function* startProcess(current: Current): Run<Ptr<"mm_struct">> {
  const mm = yield* mmAlloc(current);
  yield* doMmap(current, mm, BASE, PAGES * PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED);
  return mm;
}

/** … bound on all GPUs: their VMs. */
function* bindAll(current: Current, machine: TestMachine, mm: Ptr<"mm_struct">): Run<Ptr<"gpu_vm">[]> {
  const vms: Ptr<"gpu_vm">[] = [];
  for (const gpu of machine.gpus) {
    const vm = yield* machine.driver.open(current, gpu, mm);
    expect(vm).not.toBe(NULL);
    expect(yield* machine.driver.bind(current, vm, BASE, BASE + PAGES * PAGE_SIZE)).toBe(0);
    vms.push(vm);
  }
  return vms;
}

function* endProcess(current: Current, machine: TestMachine, mm: Ptr<"mm_struct">, vms: readonly Ptr<"gpu_vm">[]): Run<void> {
  for (const vm of vms) yield* machine.driver.close(current, vm);
  yield* mmput(current, mm);
}

/** The rules that walks break. */
function broken(seeds: number, machineOptions: MachineOptions, playOptions: Omit<Play, "seed"> = {}): Set<string> {
  const { violations } = walks(seeds, machineOptions, playOptions);
  return new Set(violations.map((violation) => violation.split(": ")[1]));
}

describe("fault mode", () => {
  it("flushes the TLBs of several GPUs at the same time (F2)", () => {
    const machine = new TestMachine({ driver: FAULT, gpus: 5, gpuConfig: { tlbLatencyUs: 1000 } });
    const order: string[] = [];
    machine.tracer.on("record", kernelEvents.invalidateCalled, (_task, _sub, _range, _seq, _ok, finish) =>
      order.push(finish === 0 ? "start" : "start+"),
    );
    machine.tracer.on("record", kernelEvents.invalidateFinished, () => order.push("finish"));
    runOnCpu(machine, function* (current) {
      const mm = yield* startProcess(current);
      const vms = yield* bindAll(current, machine, mm);
      order.length = 0;
      const beginUs = current.nowUs();
      yield* doMunmap(current, mm, BASE, PAGE_SIZE);
      expect(current.nowUs() - beginUs).toBe(1000);
      expect(order).toEqual([...Array.from({ length: 5 }, () => "start+"), ...Array.from({ length: 5 }, () => "finish")]);
      yield* endProcess(current, machine, mm, vms);
    });
  });

  it("has nothing to do for a VMA that was never bound", () => {
    const machine = new TestMachine({ driver: FAULT });
    const seen = new Seen(machine);
    runOnCpu(machine, function* (current) {
      const mm = yield* startProcess(current);
      const vm = yield* machine.driver.open(current, machine.gpus[0], mm);
      // Not mapped: the VMA is there, but nothing could be pinned.
      expect(yield* machine.driver.bind(current, vm, BASE + 2 * PAGES * PAGE_SIZE, BASE + 3 * PAGES * PAGE_SIZE)).toBe(EFAULT);
      const range = mmuNotifierRangeInit(current, mm, BASE, BASE + 4 * PAGES * PAGE_SIZE, MMU_NOTIFY_CLEAR);
      yield* mmuNotifierInvalidateRangeStart(current, range);
      yield* mmuNotifierInvalidateRangeEnd(current, range);
      expect([seen.flushes, seen.zaps, seen.unmaps]).toEqual([0, 0, 0]);
      yield* endProcess(current, machine, mm, [vm]);
    });
  });

  it("refuses a range that must not block before it touches anything (RULES 47)", () => {
    const machine = new TestMachine({ driver: FAULT });
    runOnCpu(machine, function* (current) {
      const mm = yield* startProcess(current);
      const vms = yield* bindAll(current, machine, mm);
      let hasSetSeq = false;
      machine.tracer.on("record", kernelEvents.intervalSetSeq, () => (hasSetSeq = true));
      const range = mmuNotifierRangeInit(current, mm, BASE, BASE + PAGE_SIZE, MMU_NOTIFY_CLEAR);
      expect(yield* mmuNotifierInvalidateRangeStartNonblock(current, range)).toBe(EAGAIN);
      expect(hasSetSeq).toBe(false);
      yield* endProcess(current, machine, mm, vms);
    });
  });

  it("binds a whole VMA at a fault, and says no outside of any", () => {
    const machine = new TestMachine({ driver: FAULT });
    const seen = new Seen(machine);
    runOnCpu(machine, function* (current) {
      const [gpu] = machine.gpus;
      const mm = yield* startProcess(current);
      const [vm] = yield* bindAll(current, machine, mm);
      expect(seen.commits).toBe(PAGES);
      yield* doMunmap(current, mm, BASE + PAGE_SIZE, PAGE_SIZE);
      expect(seen.zaps).toBe(PAGES);
      expect(seen.unmaps).toBe(PAGES);
      const faultAt = (va: number) => machine.driver.handleFault(current, { gpu, vm, va, kind: ACCESS_READ });
      expect(yield* faultAt(BASE)).toBe(EFAULT); // one page is missing
      yield* doMmap(current, mm, BASE + PAGE_SIZE, PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED);
      expect(yield* faultAt(BASE)).toBe(0);
      expect(seen.commits).toBe(2 * PAGES);
      expect(yield* faultAt(BASE)).toBe(0); // valid already
      expect(seen.commits).toBe(2 * PAGES);
      expect(yield* faultAt(BASE + PAGES * PAGE_SIZE)).toBe(EFAULT);
      yield* machine.driver.unbind(current, vm, BASE, BASE + PAGES * PAGE_SIZE);
      expect(yield* faultAt(BASE)).toBe(EFAULT);
      yield* endProcess(current, machine, mm, [vm]);
    });
    expect(machine.violations()).toEqual([]);
  });

  it("keeps GPUs off pages that are taken away by one CPU at a time", () => {
    expect(broken(30, { driver: FAULT }, { disturbers: 1, operations: 5 })).toEqual(new Set());
  });

  it("lets a second invocation overtake the flush of the first: what RULES 21 foresees", () => {
    expect(broken(30, { driver: FAULT })).toEqual(new Set(["I18", "join"]));
  });

  it("takes a time-out for a flush: what RULES 70 foresees", () => {
    const late = { lateAnswerPercent: 30, lateAnswerUs: 1_000_000 };
    const found = broken(30, { driver: FAULT, gpuConfig: late }, { disturbers: 1, operations: 5 });
    expect(found).toContain("join");
  });

  it("does neither once corrected", () => {
    expect(broken(30, { driver: "xe-userptr-joined" })).toEqual(new Set());
    const late = { lateAnswerPercent: 30, lateAnswerUs: 1_000_000 };
    expect(broken(30, { driver: "xe-userptr-joined", gpuConfig: late }, { disturbers: 1, operations: 5 })).toEqual(new Set());
  });

  it("survives the end of the process while GPUs work in it", () => {
    const found = broken(30, { driver: FAULT }, { exitsEarly: true, operations: 1 });
    expect(["I18", "join"]).toEqual(expect.arrayContaining([...found])); // RULES 21 again, and everything is given back
  });

  it("does everything inline for the invocation that finds the finish object in use (F3)", () => {
    let fallbacks = 0;
    for (let seed = 1; seed <= 60; seed++) {
      const machine = new TestMachine({ driver: FAULT });
      machine.tracer.on("record", driverEvents.finishFallback, () => fallbacks++);
      const slots = new Set<number>();
      machine.tracer.on("record", kernelEvents.invalidateCalled, (_task, _sub, _range, _seq, _ok, finish) => {
        expect(slots.has(finish), "handed out twice (RULES 20)").toBe(false);
        if (finish !== 0) slots.add(finish);
      });
      machine.tracer.on("record", kernelEvents.invalidateFinished, (_task, _sub, _range, finish) => slots.delete(finish));
      invalidateTogether(machine, seed);
      expect(slots.size).toBe(0);
    }
    expect(fallbacks).toBeGreaterThan(0);
  });
});

describe("before two passes", () => {
  const BEFORE = "xe-userptr-6.18";

  it("flushes one TLB after the other (RULES 23)", () => {
    const machine = new TestMachine({ driver: BEFORE, gpus: 5, gpuConfig: { tlbLatencyUs: 1000 } });
    const withFinish: number[] = [];
    machine.tracer.on("record", kernelEvents.invalidateCalled, (_task, _sub, _range, _seq, _ok, finish) => {
      if (finish !== 0) withFinish.push(finish);
    });
    runOnCpu(machine, function* (current) {
      const mm = yield* startProcess(current);
      const vms = yield* bindAll(current, machine, mm);
      const beginUs = current.nowUs();
      yield* doMunmap(current, mm, BASE, PAGE_SIZE);
      expect(current.nowUs() - beginUs).toBe(5000);
      yield* endProcess(current, machine, mm, vms);
    });
    expect(withFinish).toEqual([]);
  });

  it("refuses a range that must not block before it touches anything (RULES 47)", () => {
    const machine = new TestMachine({ driver: BEFORE });
    runOnCpu(machine, function* (current) {
      const mm = yield* startProcess(current);
      const vms = yield* bindAll(current, machine, mm);
      let hasSetSeq = false;
      machine.tracer.on("record", kernelEvents.intervalSetSeq, () => (hasSetSeq = true));
      const range = mmuNotifierRangeInit(current, mm, BASE, BASE + PAGE_SIZE, MMU_NOTIFY_CLEAR);
      expect(yield* mmuNotifierInvalidateRangeStartNonblock(current, range)).toBe(EAGAIN);
      expect(hasSetSeq).toBe(false);
      yield* endProcess(current, machine, mm, vms);
    });
  });

  it("keeps GPUs off pages that several CPUs take away at once, also while the process ends", () => {
    expect(broken(30, { driver: BEFORE })).toEqual(new Set());
    expect(broken(30, { driver: BEFORE }, { exitsEarly: true, operations: 1 })).toEqual(new Set());
  });

  it("takes a time-out for a flush already (RULES 70)", () => {
    const late = { lateAnswerPercent: 30, lateAnswerUs: 1_000_000 };
    const found = broken(30, { driver: BEFORE, gpuConfig: late }, { disturbers: 1, operations: 5 });
    expect(found).toContain("join");
  });
});

describe("preempt-fence mode", () => {
  it("keeps GPUs off pages that are taken away", () => {
    expect(broken(30, { driver: PREEMPT })).toEqual(new Set());
    expect(broken(40, { driver: PREEMPT, gpuConfig: { contexts: 3 } }, { operations: 5, accesses: 4 })).toEqual(new Set());
  });

  it("survives the end of the process while GPUs work in it", () => {
    expect(broken(30, { driver: PREEMPT }, { exitsEarly: true, operations: 1 })).toEqual(new Set());
  });

  it("starts the preemption of all contexts before it waits for any (F1), and resumes them after the rebind", () => {
    const machine = new TestMachine({ driver: PREEMPT, gpus: 3, gpuConfig: { contexts: 2 } });
    const seen = new Seen(machine);
    const order: string[] = [];
    machine.tracer.on("record", deviceEvents.preempted, (_task, gpu, context) => order.push(`preempted ${gpu}.${context}`));
    machine.tracer.on("record", deviceEvents.resumed, (_task, gpu, context) => order.push(`resumed ${gpu}.${context}`));
    machine.tracer.on("record", kernelEvents.invalidateStartPassDone, () => order.push("all started"));
    machine.tracer.on("record", kernelEvents.invalidateFinished, () => order.push("finished"));
    runOnCpu(machine, function* (current) {
      const mm = yield* startProcess(current);
      const vms = yield* bindAll(current, machine, mm);
      order.length = 0;
      const range = mmuNotifierRangeInit(current, mm, BASE, BASE + PAGE_SIZE, MMU_NOTIFY_CLEAR);
      yield* mmuNotifierInvalidateRangeStart(current, range);
      expect(order.filter((what) => what.startsWith("preempted"))).toHaveLength(6);
      expect(order.slice(order.indexOf("all started")).filter((what) => what === "finished")).toHaveLength(3);
      expect(order.lastIndexOf("finished")).toBe(order.length - 1);
      expect(seen.zaps).toBe(0); // the rebind replaces the entries
      yield* mmuNotifierInvalidateRangeEnd(current, range);
      while (yield* machine.driver.work(current)) {
        /* until all GPUs are bound again */
      }
      expect(seen.commits).toBe(2 * 3 * PAGES);
      yield* until(current, () => order.filter((what) => what.startsWith("resumed")).length === 6);
      expect(yield* machine.driver.work(current)).toBe(false);
      yield* endProcess(current, machine, mm, vms);
    });
    expect(machine.balance()).toEqual(NOTHING_IN_USE);
  });

  it("waits for contexts that the rebind worker has resumed between the passes of an exiting process", () => {
    const machine = new TestMachine({ driver: PREEMPT });
    const order: string[] = [];
    machine.tracer.on("record", kernelEvents.invalidateCalled, (_task, _sub, _range, _seq, _ok, finish) =>
      order.push(finish === 0 ? "start" : "start+"),
    );
    machine.tracer.on("record", kernelEvents.invalidateFinished, () => order.push("finish"));
    machine.tracer.on("record", deviceEvents.preempted, () => order.push("preempted"));
    machine.tracer.on("record", deviceEvents.resumed, () => order.push("resumed"));
    const engine = new Engine(machine.words);
    machine.spawnGpus(engine, () => null);
    const cpu = machine.current(engine, 1);
    const exiting = engine.spawn(
      cpu,
      (function* (): Run<void> {
        const mm = yield* startProcess(cpu);
        const vms = yield* bindAll(cpu, machine, mm);
        yield* mmput(cpu, mm);
        for (const vm of vms) yield* machine.driver.close(cpu, vm);
      })(),
    );
    const worker = machine.current(engine, 2);
    engine.spawn(
      worker,
      (function* (): Run<void> {
        while (!order.includes("finish")) {
          if (!(yield* machine.driver.work(worker))) yield* sleepUntil(worker, worker.nowUs() + 1);
        }
      })(),
    );
    for (let step = 0; exiting.state !== "done" && step < 100_000; step++) {
      const isHeld = order.includes("start+") && !order.includes("resumed");
      const runnable = engine.enabled.filter((thread) => thread !== exiting || !isHeld);
      if (runnable.length > 0) engine.step(runnable[step % runnable.length]);
      else engine.passTime();
    }
    expect(order.slice(0, order.indexOf("finish") + 1)).toEqual(["start+", "preempted", "resumed", "preempted", "finish"]);
    expect(exiting.state).toBe("done");
    expect(machine.balance()).toEqual(NOTHING_IN_USE);
  });

  it("gives a GPU's contexts to one VM at a time, and lets them go when it is closed", () => {
    const machine = new TestMachine({ driver: PREEMPT });
    const [gpu] = machine.gpus;
    runOnCpu(machine, function* (current) {
      const mm = yield* startProcess(current);
      const [vm] = yield* bindAll(current, machine, mm);
      expect(yield* machine.driver.open(current, gpu, mm)).toBe(NULL);
      yield* doMunmap(current, mm, BASE, PAGE_SIZE); // preempted, and not resumed by a worker
      yield* machine.driver.close(current, vm);
      yield* until(current, () => machine.words[gpu.contexts[0] + GpuContext.request] === 0);
      const again = yield* machine.driver.open(current, gpu, mm);
      expect(again).not.toBe(NULL);
      yield* endProcess(current, machine, mm, [again]);
    });
    expect(machine.balance()).toEqual(NOTHING_IN_USE);
  });

  it("cannot serve faults", () => {
    const machine = new TestMachine({ driver: PREEMPT });
    runOnCpu(machine, function* (current) {
      const mm = yield* startProcess(current);
      const [vm] = yield* bindAll(current, machine, mm);
      expect(yield* machine.driver.handleFault(current, { gpu: machine.gpus[0], vm, va: BASE, kind: ACCESS_READ })).toBe(EFAULT);
      yield* endProcess(current, machine, mm, [vm]);
    });
  });
});

/** Three CPUs invalidate the same pages at the same time. */
function invalidateTogether(machine: TestMachine, seed: number): void {
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
          const process = yield* startProcess(boss);
          const vms = yield* bindAll(boss, machine, process);
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
            const range = mmuNotifierRangeInit(current, mm, BASE, BASE + PAGE_SIZE, MMU_NOTIFY_CLEAR);
            yield* mmuNotifierInvalidateRangeStart(current, range);
            yield* mmuNotifierInvalidateRangeEnd(current, range);
            running--;
          })(),
        );
      }
      return daemons;
    },
  });
}
