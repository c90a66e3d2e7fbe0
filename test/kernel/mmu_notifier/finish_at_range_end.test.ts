import fc from "fast-check";
import { expect, it } from "vitest";
import { containerOf, embedded } from "../../../src/machine/struct.ts";
import { EAGAIN } from "../../../src/kernel/errno.ts";
import { finishAtRangeEndCore } from "../../../src/kernel/mmu_notifier/finish_at_range_end.ts";
import { behaviours, called, Device, Devices, ranges, type Behaviour, type Range } from "./devices.ts";

function devicesOf(all: readonly Behaviour[]): Devices {
  return new Devices(all, finishAtRangeEndCore, (devices) => ({
    *invalidateStart(current, sub, _range, seq, slot) {
      const { device, stages } = devices.of(sub);
      if (stages > 0) slot.finish = embedded(device, Device.finish);
      return yield* devices.start(current, sub, seq);
    },
    *invalidateFinish(_current, finish) {
      devices.log.push(`finish ${devices.of(embedded(containerOf(finish, Device.finish), Device.notifier)).number}`);
    },
  }));
}

/** The finishes come behind the change that they should have come before; after a refusal there is no other time but at once. */
function expected(all: readonly Behaviour[], range: Range): { log: string[]; result: number } {
  const { started, refused } = called(all, range);
  const starts = [...started, ...(refused === null ? [] : [refused])].map((number) => `start ${number}`);
  const finishes = started.filter((number) => all[number].ok && all[number].stages > 0).map((number) => `finish ${number}`);
  return refused === null
    ? { log: [...starts, "change", ...finishes], result: 0 }
    : { log: [...starts, ...finishes], result: EAGAIN };
}

it("finishes too late, but each once and in order", () => {
  fc.assert(
    fc.property(behaviours, ranges, (all, range) => {
      const devices = devicesOf(all);
      const result = devices.invalidate(range, () => devices.log.push("change"));
      expect({ log: devices.log, result }).toEqual(expected(all, range));
    }),
    { numRuns: 300, seed: 7 },
  );
});
