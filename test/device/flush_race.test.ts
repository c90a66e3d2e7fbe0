import { expect, test } from "vitest";
import { deviceEvents } from "../../src/device/tracepoints.ts";
import { coveringTlbEntry } from "../../src/device/view.ts";
import { writeOnce } from "../../src/machine/access.ts";
import { mkPte, PTE_PRESENT } from "../../src/machine/pte.ts";
import type { Run } from "../../src/machine/step.ts";
import { Word } from "../../src/machine/struct.ts";
import type { Task } from "../../src/machine/task.ts";
import { answerFault, takeFault } from "../../src/device/fault_buffer.ts";
import { sleepUntil } from "../../src/machine/futex.ts";
import type { Gpu } from "../../src/device/gpu.ts";
import type { GpuConfig } from "../../src/device/config.ts";
import { ASID, DATA, inval, listed, Machine, pageVa, READ_WRITE, SEEDS } from "./fixture.ts";

/**
 * A processor moves page 0 from frame to frame: revoke, flush, and only after the answer "free" the frame. No write may reach
 * a freed one, and no entry may be left, however walks, fills and accesses fall together with the flush.
 */
function moveAround(seed: number, config: Partial<GpuConfig>, waits: boolean): { stale: number; accesses: number } {
  const machine = new Machine({ contexts: 3, ...config });
  const { gpu, words } = machine;
  machine.stallPercent = seed % 4;
  const freed = new Set<number>();
  let stale = 0;
  let accesses = 0;
  machine.tracer.on("record", deviceEvents.deviceAccess, (_task, _gpu, _va, pfn) => {
    accesses++;
    if (freed.has(pfn)) stale++;
  });
  machine.map(0, DATA);
  const programs = Array.from({ length: 3 }, () => listed(Array.from({ length: ACCESSES }, (_, i) => machine.write(0, i + 1))));
  machine.play(seed, programs, function* (task) {
    for (let i = 0; i < MOVES; i++) {
      const revoked = i % 2 === 0 ? 0 : mkPte(DATA + i, PTE_PRESENT); // absent, or read-only
      yield* writeOnce(task, machine.pteAddr(0), Word.value, revoked);
      for (const tlbDomain of waits ? gpu.tlbs.keys() : [])
        yield* machine.request(task, { ...inval(2 * i + 1 + tlbDomain, 0), tlbDomain });
      if (waits && coveringTlbEntry(words, gpu, ASID, pageVa(0), pageVa(1)) !== 0) stale++;
      freed.add(DATA + i);
      yield* writeOnce(task, machine.pteAddr(0), Word.value, mkPte(DATA + i + 1, READ_WRITE));
      for (let pause = 0; pause < 10; pause++) yield* serve(task, gpu);
    }
    while (accesses < 3 * ACCESSES) {
      yield* serve(task, gpu);
      yield* sleepUntil(task, machine.nowUs() + 1);
    }
  });
  return { stale, accesses };
}

/** Answer all faults: what faulted is mapped by now. */
function* serve(task: Task, gpu: Gpu): Run<void> {
  for (;;) {
    const fault = yield* takeFault(task, gpu);
    if (fault === null) return;
    yield* answerFault(task, gpu, fault.slot, 0);
  }
}

const MOVES = 10;
const ACCESSES = 20;

const CONFIGS: readonly Partial<GpuConfig>[] = [{}, { tlbLatencyUs: 40 }, { walkers: 1 }, { tlbDomains: 2 }];

for (const config of CONFIGS) {
  test(`no access through a flushed translation after the answer: ${JSON.stringify(config)}`, () => {
    for (const seed of SEEDS) {
      expect(moveAround(seed, config, true), `seed ${seed}`).toEqual({ stale: 0, accesses: 3 * ACCESSES });
    }
  });

  test(`it would be seen if nobody flushed: ${JSON.stringify(config)}`, () => {
    const stale = SEEDS.slice(0, 50).map((seed) => moveAround(seed, config, false).stale);
    expect(Math.max(...stale)).toBeGreaterThan(0);
  });
}
