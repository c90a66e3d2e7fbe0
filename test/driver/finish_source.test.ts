import { describe, expect, it } from "vitest";
import { parseFinishOption } from "../../src/driver/options.ts";
import { driverEvents } from "../../src/driver/tracepoints.ts";
import { MAP_ANONYMOUS, MAP_FIXED, MAP_PRIVATE, PROT_READ, PROT_WRITE } from "../../src/kernel/mm/mman.ts";
import { mmAlloc } from "../../src/kernel/mm/mm_alloc.ts";
import { mmput } from "../../src/kernel/mm/mm_count.ts";
import { doMmap } from "../../src/kernel/mm/mmap.ts";
import { doMunmap } from "../../src/kernel/mm/munmap.ts";
import { ACCESS_WRITE } from "../../src/machine/access_kind.ts";
import { PAGE_SIZE } from "../../src/machine/pte.ts";
import { runOnCpu, TestMachine } from "./machine.ts";
import { Oracle } from "./oracle.ts";
import { BASE, play } from "./play.ts";
import { SlabBalance } from "./slab_balance.ts";

const GPUS = 4;
const LATENCY_US = 1000;

/** Munmap of a page that all GPUs use: whose notifiers fell back to one pass, and how long it took, in microseconds. */
function munmap(finish: string): { fallbacks: number[]; latencyUs: number } {
  const machine = new TestMachine({
    driver: "two-pass", gpus: GPUS, gpuConfig: { tlbLatencyUs: LATENCY_US }, driverOptions: { finish: parseFinishOption(finish) },
  });
  const fallbacks: number[] = [];
  machine.tracer.on(driverEvents.finishFallback, (_task, gpu) => fallbacks.push(gpu));
  let latencyUs = -1;
  runOnCpu(machine, function* (current) {
    const mm = yield* mmAlloc(current);
    yield* doMmap(current, mm, BASE, PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED);
    const vms = [];
    for (const gpu of machine.gpus) {
      const vm = yield* machine.driver.open(current, gpu, mm);
      yield* machine.driver.handleFault(current, { gpu, vm, va: BASE, kind: ACCESS_WRITE });
      vms.push(vm);
    }
    const beginUs = current.nowUs();
    yield* doMunmap(current, mm, BASE, PAGE_SIZE);
    latencyUs = current.nowUs() - beginUs;
    for (const vm of vms) yield* machine.driver.close(current, vm);
    yield* mmput(current, mm);
  });
  return { fallbacks, latencyUs };
}

describe("a source of finish objects", () => {
  it("that all GPUs share is emptied by those that come first: the last ones pay, one after the other", () => {
    expect(munmap("shared-pool:4")).toEqual({ fallbacks: [], latencyUs: LATENCY_US });
    expect(munmap("shared-pool:2")).toEqual({ fallbacks: [2, 3], latencyUs: 2 * LATENCY_US }); // the first two overlap with the third
    expect(munmap("shared-pool:0")).toEqual({ fallbacks: [0, 1, 2, 3], latencyUs: GPUS * LATENCY_US });
  });

  it.each(["pool:1", "embedded", "block", "join"])("of each GPU's own, as %s, is not", (finish) => {
    expect(munmap(finish)).toEqual({ fallbacks: [], latencyUs: LATENCY_US });
  });
});

describe.each(["two-pass", "n-pass", "n-pass-3", "n-pass-own", "n-pass-3-own"])("%s", (driver) => {
  it.each([["shared-pool:1", true], ["block", false], ["join", false]])("with %s keeps what it promises, falling back: %s", (finish, mayFallBack) => {
    let fallbacks = 0;
    for (let seed = 1; seed <= 15; seed++) {
      const gpuConfig = { tlbLatencyUs: 5, preemptLatencyUs: 7, contexts: 2 };
      const machine = new TestMachine({ driver, gpus: 2, gpuConfig, driverOptions: { finish: parseFinishOption(finish) } });
      const oracle = new Oracle(machine);
      const slabs = new SlabBalance(machine);
      play(machine, { seed, exitsEarly: seed % 5 === 0 });
      expect({ seed, violations: oracle.violations, inUse: slabs.inUse }).toEqual({ seed, violations: [], inUse: 0 });
      fallbacks += oracle.fallbacks;
    }
    expect(fallbacks > 0).toBe(mayFallBack);
  });
});
