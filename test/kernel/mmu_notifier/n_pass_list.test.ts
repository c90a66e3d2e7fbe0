import fc from "fast-check";
import { expect, it } from "vitest";
import { containerOf, embedded, NULL } from "../../../src/machine/struct.ts";
import { EAGAIN } from "../../../src/kernel/errno.ts";
import { nPassListCore } from "../../../src/kernel/mmu_notifier/n_pass_list.ts";
import { MmuIntervalNotifierPass } from "../../../src/kernel/mmu_notifier/structs.ts";
import { behaviours, called, Device, Devices, ranges, type Behaviour, type Range } from "./devices.ts";

function devicesOf(all: readonly Behaviour[]): Devices {
  return new Devices(all, nPassListCore, (devices, { notifier }) => {
    const number = notifier.registerIntervalPass({
      *run(current, pass) {
        const { words } = current;
        const device = containerOf(pass, Device.pass);
        const behaviour = devices.of(embedded(device, Device.notifier));
        const stage = ++words[device + Device.stage];
        devices.log.push(`stage ${stage} of ${behaviour.number}`);
        if (stage < behaviour.stages) return pass;
        words.fill(0x6b6b6b6b, pass, pass + MmuIntervalNotifierPass.words); // it may be re-used at once (RULES 18)
        words[device + Device.stage] = 0;
        return NULL;
      },
    });
    return {
      *invalidateMultipass(current, sub, _range, seq, slot) {
        const { device, stages } = devices.of(sub);
        if (stages > 0) slot.pass = embedded(device, Device.pass); // also with false: the core must not queue it (RULES 16)
        current.words[device + Device.pass + MmuIntervalNotifierPass.pass] = number;
        return yield* devices.start(current, sub, seq);
      },
    };
  });
}

/** All start, and then all that have another stage go through it, round after round. */
function expected(all: readonly Behaviour[], range: Range): { log: string[]; result: number } {
  const { started, refused } = called(all, range);
  const log = [...started, ...(refused === null ? [] : [refused])].map((number) => `start ${number}`);
  const going = started.filter((number) => all[number].ok);
  for (let stage = 1; stage <= 3; stage++) {
    log.push(...going.filter((number) => all[number].stages >= stage).map((number) => `stage ${stage} of ${number}`));
  }
  return { log, result: refused === null ? 0 : EAGAIN };
}

it("goes round the list until nobody names a next pass, also after a refusal", () => {
  fc.assert(
    fc.property(behaviours, ranges, (all, range) => {
      const devices = devicesOf(all);
      const result = devices.invalidate(range);
      expect({ log: devices.log, result }).toEqual(expected(all, range));
    }),
    { numRuns: 300, seed: 7 },
  );
});
