import fc from "fast-check";
import { expect, it } from "vitest";
import { EAGAIN } from "../../../src/kernel/errno.ts";
import { passCounterCore } from "../../../src/kernel/mmu_notifier/pass_counter.ts";
import { PASS_AGAIN, PASS_DONE, PASS_REFUSED } from "../../../src/kernel/mmu_notifier/types.ts";
import { behaviours, called, Devices, ranges, type Behaviour, type Range } from "./devices.ts";

function devicesOf(all: readonly Behaviour[]): Devices {
  return new Devices(all, passCounterCore, (devices) => ({
    *invalidatePass(current, sub, _range, seq, pass) {
      const { number, stages } = devices.of(sub);
      if (pass === 0 && !(yield* devices.start(current, sub, seq))) return PASS_REFUSED;
      if (pass > 0) devices.log.push(`pass ${pass} of ${number}`);
      return pass < stages ? PASS_AGAIN : PASS_DONE;
    },
  }));
}

/**
 * As many walks as the slowest wants, each over all that were started: also over those that said no where they must not (RULES
 * 30), since nobody remembers that.
 */
function expected(all: readonly Behaviour[], range: Range): { log: string[]; result: number } {
  const { started, refused } = called(all, range);
  const log = [...started, ...(refused === null ? [] : [refused])].map((number) => `start ${number}`);
  let again = started.some((number) => all[number].ok && all[number].stages > 0);
  for (let pass = 1; again; pass++) {
    log.push(...started.map((number) => `pass ${pass} of ${number}`));
    again = started.some((number) => all[number].stages > pass);
  }
  return { log, result: refused === null ? 0 : EAGAIN };
}

it("calls all that were started again, as long as one of them wants another pass", () => {
  fc.assert(
    fc.property(behaviours, ranges, (all, range) => {
      const devices = devicesOf(all);
      const result = devices.invalidate(range);
      expect({ log: devices.log, result }).toEqual(expected(all, range));
    }),
    { numRuns: 300, seed: 7 },
  );
});
