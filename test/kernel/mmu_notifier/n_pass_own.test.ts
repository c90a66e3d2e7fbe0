import { expect, it } from "vitest";
import { randomWalk } from "../../../src/executor/explorer/engine/random_walk.ts";
import type { Engine } from "../../../src/executor/explorer/engine/engine.ts";
import { sleepUntil } from "../../../src/machine/futex.ts";
import type { Run } from "../../../src/machine/step.ts";
import { containerOf, embedded, NULL, type Ptr } from "../../../src/machine/struct.ts";
import { Current } from "../../../src/kernel/current.ts";
import { mmuNotifierInvalidateRangeEnd, mmuNotifierInvalidateRangeStart } from "../../../src/kernel/mmu_notifier/invalidate.ts";
import { nPassOwnCore } from "../../../src/kernel/mmu_notifier/n_pass_own.ts";
import { mmuIntervalPassInit, mmuIntervalPassReady } from "../../../src/kernel/mmu_notifier/pass_ready.ts";
import { mmuNotifierRangeInit } from "../../../src/kernel/mmu_notifier/range.ts";
import { MMU_NOTIFY_UNMAP, type PassSlot } from "../../../src/kernel/mmu_notifier/types.ts";
import { Device, Devices } from "./devices.ts";

/** Devices with 0 to 3 stages after the first, whose passes are ready when somebody says so. */
class Hardware {
  readonly devices: Devices;
  /** Passes that wait to be told. */
  readonly waiting: Ptr<"mmu_interval_notifier_pass">[] = [];
  readonly told: number[] = [];
  readonly carriedOut: number[] = [];
  /** Told by whoever looks after a stall instead. */
  readonly #isSilent: boolean;

  constructor(count: number, isSilent = false) {
    this.#isSilent = isSilent;
    const all = Array.from({ length: count }, (_, index) => ({ page: 0, pages: 1, stages: index % 4, ok: true }));
    this.devices = new Devices(all, nPassOwnCore, (_devices, kernel) => {
      const carryOut = kernel.notifier.registerIntervalPass({
        run: (current, pass) => this.#carryOut(current, pass),
        stalled: (current) => this.tellAll(current),
      });
      return { invalidateMultipass: (current, sub, _range, seq, slot) => this.#start(current, sub, seq, slot, carryOut) };
    });
  }

  *#start(current: Current, sub: Ptr<"mmu_interval_notifier">, seq: number, slot: PassSlot, carryOut: number): Run<boolean> {
    const { device, stages } = this.devices.of(sub);
    current.words[device + Device.stage] = 0;
    if (stages > 0) {
      slot.pass = embedded(device, Device.pass);
      mmuIntervalPassInit(current, current.kernel, slot.pass, carryOut);
      this.waiting.push(slot.pass);
    }
    return yield* this.devices.start(current, sub, seq);
  }

  *#carryOut(current: Current, pass: Ptr<"mmu_interval_notifier_pass">): Run<Ptr<"mmu_interval_notifier_pass">> {
    const device = containerOf(pass, Device.pass);
    const { number, stages } = this.devices.of(embedded(device, Device.notifier));
    this.carriedOut.push(number);
    if (++current.words[device + Device.stage] === stages) return NULL;
    this.waiting.push(pass);
    return pass;
  }

  /** Tell a pass that is somewhere in the middle. */
  *tellOne(current: Current): Run<void> {
    const [pass] = this.waiting.splice(Math.floor(this.waiting.length / 2), 1);
    this.told.push(this.devices.of(embedded(containerOf(pass, Device.pass), Device.notifier)).number);
    yield* mmuIntervalPassReady(current, pass);
  }

  *tellAll(current: Current): Run<void> {
    while (this.waiting.length > 0) yield* this.tellOne(current);
  }

  /** Invalidate once. When it was over, in microseconds. */
  walk(seed: number): number {
    const { bench } = this.devices;
    const taskOf = (engine: Engine, id: number) =>
      new Current(bench.kernel, {
        id,
        name: `cpu${id}`,
        words: bench.words,
        tracer: bench.tracer,
        interleaved: true,
        nowUs: () => engine.nowUs,
      });
    let isOver = false;
    const irqOf = (irq: Current) => this.#irq(irq, () => isOver);
    const { nowUs } = randomWalk({
      words: bench.words,
      seed,
      spawn: (engine) => {
        const cpu = taskOf(engine, 1);
        engine.spawn(
          cpu,
          (function* (): Run<void> {
            const range = mmuNotifierRangeInit(cpu, bench.mm, 0, 4096, MMU_NOTIFY_UNMAP);
            yield* mmuNotifierInvalidateRangeStart(cpu, range);
            yield* mmuNotifierInvalidateRangeEnd(cpu, range);
            isOver = true;
          })(),
        );
        const irq = taskOf(engine, 2);
        engine.spawn(irq, irqOf(irq));
      },
    });
    return nowUs;
  }

  *#irq(irq: Current, isOver: () => boolean): Run<void> {
    while (!isOver() && !this.#isSilent) {
      if (this.waiting.length > 0) yield* this.tellOne(irq);
      else yield* sleepUntil(irq, irq.nowUs() + 1);
    }
  }
}

it("carries passes out in the order in which they become ready, each as often as it was told", () => {
  let outOfOrder = 0;
  for (let seed = 1; seed <= 200; seed++) {
    const hardware = new Hardware(9);
    hardware.walk(seed);
    expect(hardware.carriedOut).toEqual(hardware.told);
    expect(hardware.carriedOut.toSorted((a, b) => a - b)).toEqual([1, 2, 2, 3, 3, 3, 5, 6, 6, 7, 7, 7]);
    if (hardware.carriedOut[0] !== 1) outOfOrder++;
  }
  expect(outOfOrder).toBeGreaterThan(0);
});

it("has drivers look for what timed out when no pass is ready for a tenth of a second", () => {
  const hardware = new Hardware(4, true);
  const overUs = hardware.walk(1);
  expect(hardware.carriedOut.toSorted((a, b) => a - b)).toEqual([1, 2, 2, 3, 3, 3]);
  expect(overUs).toBe(300_000); // one stall for each stage of the slowest
});
