import fc from "fast-check";
import { expect, it } from "vitest";
import { EAGAIN } from "../../../src/kernel/errno.ts";
import { startEndCore } from "../../../src/kernel/mmu_notifier/start_end.ts";
import { behaviours, called, Devices, ranges, type Behaviour, type Range } from "./devices.ts";

function devicesOf(all: readonly Behaviour[]): Devices {
  return new Devices(all, startEndCore, (devices) => ({
    invalidateBegin: (current, sub, _range, seq) => devices.start(current, sub, seq),
    *invalidateEnd(_current, sub) {
      devices.log.push(`end ${devices.of(sub).number}`);
    },
  }));
}

/** The second walk is the first one again, but for the notifier that refused: it has nothing to end. */
function expected(all: readonly Behaviour[], range: Range): { log: string[]; result: number } {
  const { started, refused } = called(all, range);
  const log = [...started, ...(refused === null ? [] : [refused])].map((number) => `start ${number}`);
  return { log: [...log, ...started.map((number) => `end ${number}`)], result: refused === null ? 0 : EAGAIN };
}

it("walks twice, the second time up to the notifier that refused", () => {
  fc.assert(
    fc.property(behaviours, ranges, (all, range) => {
      const devices = devicesOf(all);
      const result = devices.invalidate(range);
      expect({ log: devices.log, result }).toEqual(expected(all, range));
    }),
    { numRuns: 300, seed: 7 },
  );
});
