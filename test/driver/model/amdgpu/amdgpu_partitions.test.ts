import { describe, expect, it } from "vitest";
import { DEFAULT_CONFIG } from "../../../../src/boot/config.ts";
import { runSimulated } from "../../../../src/boot/simulated_run.ts";
import { LockClasses } from "../../../../src/check/books/lock_class.ts";
import { Explorer } from "../../../../src/executor/explorer/engine/explore.ts";
import { RandomWalk } from "../../../../src/executor/explorer/strategy/random.ts";
import { DEFAULT_HUNT_MACHINE } from "../../../../src/hunt/machine/hunt_machine.ts";
import { HuntSubject } from "../../../../src/hunt/machine/subject.ts";
import { EAGAIN } from "../../../../src/kernel/errno.ts";
import { mmAlloc } from "../../../../src/kernel/mm/mm_alloc.ts";
import { MAP_ANONYMOUS, MAP_FIXED, MAP_PRIVATE, PROT_READ, PROT_WRITE } from "../../../../src/kernel/mm/mman.ts";
import { doMmap } from "../../../../src/kernel/mm/mmap.ts";
import { mmput } from "../../../../src/kernel/mm/mm_count.ts";
import { doMunmap } from "../../../../src/kernel/mm/munmap.ts";
import { mmuNotifierInvalidateRangeStartNonblock } from "../../../../src/kernel/mmu_notifier/invalidate.ts";
import { mmuNotifierRangeInit } from "../../../../src/kernel/mmu_notifier/range.ts";
import { MMU_NOTIFY_CLEAR } from "../../../../src/kernel/mmu_notifier/types.ts";
import { kernelEvents } from "../../../../src/kernel/tracepoints.ts";
import { FUTEX_WAIT, addrOf, kindOf } from "../../../../src/machine/step.ts";
import { PAGE_SIZE } from "../../../../src/machine/pte.ts";
import type { Task } from "../../../../src/machine/task.ts";
import { mergeLatencies } from "../../../../src/report/latency.ts";
import { runOnCpu, TestMachine } from "../../machine.ts";
import { BASE } from "../../play.ts";

const DEVICE_LOCK = "amdgpu_device.notifier_lock";
const PREEMPT_US = 100;

/** The slowest invalidation in microseconds, if each CPU takes a busy page away from a process and a GPU of its own. */
function slowestUs(driver: string, processes: number): number {
  const config = {
    ...DEFAULT_CONFIG,
    driver,
    scenario: "processes",
    gpus: processes,
    cpus: processes,
    contexts: 1,
    frames: 1024,
    preemptLatencyUs: PREEMPT_US,
  };
  const { isOver, snapshot, violationCounts } = runSimulated(config, { invalidations: 5 * processes, seconds: 1 });
  expect({ isOver, violationCounts }).toEqual({ isOver: true, violationCounts: {} });
  return mergeLatencies(snapshot.latencies.invalidate).maxValue;
}

/** Executions in which somebody slept on the lock of a device. */
function executionsThatMeet(driver: string, executions: number): number {
  const subject = new HuntSubject({ ...DEFAULT_HUNT_MACHINE, driver, play: "processes" });
  const classes = new LockClasses(subject.layout);
  const explorer = new Explorer({ subject, strategy: new RandomWalk(1), seed: 1 });
  let meetings = 0;
  for (let index = 0; index < executions; index++) {
    expect(explorer.run(index)!.failure, `${driver}, execution ${index}`).toBeNull();
    const { recording } = explorer;
    const steps = Array.from({ length: recording.length }, (_, i) => recording.at(i).step);
    if (steps.some((step) => kindOf(step) === FUTEX_WAIT && classes.of(addrOf(step)).name.startsWith(DEVICE_LOCK))) meetings++;
  }
  return meetings;
}

describe("several processes on amdgpu", () => {
  it("wait for the lock of a device in turns, and not if each has a device of its own (RULES 75)", () => {
    expect(slowestUs("amdgpu", 3)).toBeLessThan(1.1 * PREEMPT_US);
    expect(slowestUs("amdgpu-partitions", 3)).toBeGreaterThan(2.5 * PREEMPT_US);
  });

  it("meet at it in the explorer too, where nothing takes time", () => {
    expect(executionsThatMeet("amdgpu", 10)).toBe(0);
    expect(executionsThatMeet("amdgpu-partitions", 10)).toBeGreaterThan(0);
  });

  it("do not so much as ask for it in a range that must not block", () => {
    const machine = new TestMachine({ driver: "amdgpu-partitions" });
    const classes = new LockClasses(machine.layout);
    const taken: string[] = [];
    runOnCpu(machine, function* (current) {
      const mm = yield* mmAlloc(current);
      yield* doMmap(current, mm, BASE, PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED);
      const vm = yield* machine.driver.open(current, machine.gpus[0], mm);
      expect(yield* machine.driver.bind(current, vm, BASE, BASE + PAGE_SIZE)).toBe(0);
      machine.tracer.on("record", kernelEvents.lockAcquired, (_task, lock) => void taken.push(classes.of(lock).name));
      const range = mmuNotifierRangeInit(current, mm, BASE, BASE + PAGE_SIZE, MMU_NOTIFY_CLEAR);
      expect(yield* mmuNotifierInvalidateRangeStartNonblock(current, range)).toBe(EAGAIN);
      expect(taken).not.toContain(DEVICE_LOCK);
      yield* machine.driver.close(current, vm);
      yield* mmput(current, mm);
    });
    expect(taken).not.toEqual([]);
  });

  it("hold it in the callback of an invalidation, and give it back there (RULES 75)", () => {
    const machine = new TestMachine({ driver: "amdgpu-partitions" });
    const classes = new LockClasses(machine.layout);
    const seen: string[] = [];
    runOnCpu(machine, function* (current) {
      const mm = yield* mmAlloc(current);
      yield* doMmap(current, mm, BASE, PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED);
      const vm = yield* machine.driver.open(current, machine.gpus[0], mm);
      expect(yield* machine.driver.bind(current, vm, BASE, BASE + PAGE_SIZE)).toBe(0);
      const note = (task: Task, what: string) => void (task === current && seen.push(what));
      const noteLock = (task: Task, lock: number, what: string) =>
        void (classes.of(lock).name === DEVICE_LOCK && note(task, what));
      machine.tracer.on("record", kernelEvents.invalidateCall, (task) => note(task, "call"));
      machine.tracer.on("record", kernelEvents.lockAcquired, (task, lock) => noteLock(task, lock, "lock"));
      machine.tracer.on("record", kernelEvents.intervalSetSeq, (task) => note(task, "set seq"));
      machine.tracer.on("record", kernelEvents.lockRelease, (task, lock) => noteLock(task, lock, "unlock"));
      machine.tracer.on("record", kernelEvents.invalidateCalled, (task) => note(task, "called"));
      yield* doMunmap(current, mm, BASE, PAGE_SIZE);
      expect(seen).toEqual(["call", "lock", "set seq", "unlock", "called"]);
      yield* machine.driver.close(current, vm);
      yield* mmput(current, mm);
    });
    expect(seen).not.toEqual([]);
  });
});
