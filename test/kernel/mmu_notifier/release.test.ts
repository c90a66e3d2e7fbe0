import { describe, expect, it } from "vitest";
import { write } from "../../../src/machine/access.ts";
import { cpuRelax } from "../../../src/machine/futex.ts";
import type { Ptr } from "../../../src/machine/struct.ts";
import { mmdrop } from "../../../src/kernel/mm/mm_count.ts";
import { MmStruct } from "../../../src/kernel/mm/mm_struct.ts";
import { mmuIntervalNotifierInsert, mmuIntervalNotifierRemove } from "../../../src/kernel/mmu_notifier/interval.ts";
import { mmuNotifierRegister, mmuNotifierUnregister } from "../../../src/kernel/mmu_notifier/register.ts";
import { mmuNotifierRelease } from "../../../src/kernel/mmu_notifier/release.ts";
import { MmuNotifier } from "../../../src/kernel/mmu_notifier/structs.ts";
import { Bench } from "./fixture.ts";
import { Invariants } from "./invariants.ts";
import { Mirror, mirrorOnce, notifierOf, stopMirroring, twoPassOps, type MirrorPtr } from "./mirror.ts";

const SEEDS = Array.from({ length: 300 }, (_, index) => index + 1);

describe("exit of an address space", () => {
  it("waits for a release that a concurrent unregister is in", () => {
    let together = 0;
    for (const seed of SEEDS) {
      const bench = new Bench(3);
      const releases = { begun: 0, running: 0 };
      const ops = bench.kernel.notifier.registerOps({
        *release() {
          releases.begun++;
          releases.running++;
          for (let i = 0; i < 8; i++) yield* cpuRelax();
          releases.running--;
        },
      });
      const notifiers = bench.layout.place(MmuNotifier, "notifier", 2);
      const second = (notifiers + MmuNotifier.words) as Ptr<"mmu_notifier">;
      bench.powerOn();
      const { mm } = bench;
      bench.atOnce(function* (current) {
        yield* mmuNotifierRegister(current, notifiers, mm, ops);
        yield* mmuNotifierRegister(current, second, mm, ops);
      });
      bench.walk(seed, [
        function* (current) {
          yield* write(current, mm, MmStruct.mmUsers, 0);
          yield* mmuNotifierRelease(current, mm);
          if (releases.running > 0) throw new Error("exit goes on while a release runs");
          yield* mmdrop(current, mm);
        },
        (current) => mmuNotifierUnregister(current, notifiers),
        (current) => mmuNotifierUnregister(current, second),
      ]);
      if (releases.begun > 2) together++; // by exit and by unregister: so they met
      expect(releases.running).toBe(0);
      expect(bench.kernel.notifier.subscriptions.inUse(bench.words)).toBe(0); // gone with the mm
    }
    expect(together).toBeGreaterThan(10);
  });

  it("invalidates every mirror for good, whoever reads or removes one meanwhile", () => {
    for (const seed of SEEDS) {
      const bench = new Bench(3);
      const ops = bench.kernel.notifier.registerIntervalOps(twoPassOps());
      const mirrors = bench.layout.place(Mirror, "mirror", 2);
      const second = (mirrors + Mirror.words) as MirrorPtr;
      bench.powerOn();
      const { mm } = bench;
      bench.atOnce(function* (current) {
        yield* mmuIntervalNotifierInsert(current, notifierOf(mirrors), mm, 0n, 8192n, ops);
        yield* mmuIntervalNotifierInsert(current, notifierOf(second), mm, 4096n, 8192n, ops);
      });
      const invariants = new Invariants(bench);
      invariants.live.add(notifierOf(mirrors)).add(notifierOf(second));
      bench.walk(seed, [
        function* (current) {
          yield* write(current, mm, MmStruct.mmUsers, 0);
          yield* mmuNotifierRelease(current, mm);
        },
        function* (current) {
          for (let i = 0; i < 3; i++) {
            if (yield* mirrorOnce(current, mirrors)) invariants.committed(notifierOf(mirrors));
          }
        },
        function* (current) {
          if (yield* mirrorOnce(current, second)) invariants.committed(notifierOf(second));
          yield* stopMirroring(current, second);
          yield* mmuIntervalNotifierRemove(current, notifierOf(second));
        },
      ]);
      invariants.atRest();
      expect([...invariants.live]).toEqual([notifierOf(mirrors)]);
    }
  });
});
