import { describe, expect, it } from "vitest";
import { init, read, readOnce, write, writeOnce } from "../../src/machine/access.ts";
import { cpuRelax } from "../../src/machine/futex.ts";
import { Slab } from "../../src/machine/slab.ts";
import type { Run } from "../../src/machine/step.ts";
import { containerOf, embedded, NULL, struct, u32, type Ptr } from "../../src/machine/struct.ts";
import { Engine } from "../../src/executor/explorer/engine/engine.ts";
import { Rng } from "../../src/executor/explorer/engine/rng.ts";
import { DataRace, type Race } from "../../src/executor/explorer/sanitizer/data_race.ts";
import type { Current } from "../../src/kernel/current.ts";
import { callSrcu, SrcuHead, srcuReadLock, srcuReadUnlock, srcuRunCallbacks, synchronizeSrcu } from "../../src/kernel/srcu.ts";
import { Bench } from "./mmu_notifier/fixture.ts";

const Thing = struct("thing", { rcu: SrcuHead, value: u32 });
const Place = struct("place", { thing: u32, stop: u32 });
const LIVE = 4711;

/** One place that points to a thing; writers replace the thing and free the old one after a grace period. */
class Fixture {
  readonly bench = new Bench(5);
  readonly place = this.bench.layout.place(Place, "place");
  readonly things = new Slab(this.bench.layout, Thing, 16);
  readonly freed: Ptr<"thing">[] = [];
  readonly freeThing: number;

  constructor() {
    const { things, freed } = this;
    this.freeThing = this.bench.kernel.srcu.registerCallback(function* (current, head) {
      const thing = containerOf(head, Thing.rcu);
      freed.push(thing);
      yield* things.free(current, thing);
    });
    this.bench.powerOn();
    this.things.powerOn(this.bench.words);
    this.bench.atOnce((current) => this.replace(current));
  }

  /** Put a new thing in place; the old one. */
  *replace(current: Current): Run<Ptr<"thing">> {
    const thing = yield* this.things.alloc(current, 0);
    init(current, thing, Thing.value, LIVE);
    const old = (yield* readOnce(current, this.place, Place.thing)) as Ptr<"thing">;
    yield* writeOnce(current, this.place, Place.thing, thing);
    return old;
  }

  *look(current: Current, pause = 3): Run<void> {
    yield* srcuReadLock(current);
    const thing = (yield* readOnce(current, this.place, Place.thing)) as Ptr<"thing">;
    for (let i = 0; i < pause; i++) {
      yield* cpuRelax();
      if ((yield* read(current, thing, Thing.value)) !== LIVE) throw new Error("a reader saw a freed thing");
    }
    yield* srcuReadUnlock(current);
  }
}

describe("SRCU", () => {
  it.each(["synchronize", "call", "nothing"])("lets nobody see what was freed after a grace period: %s", (how) => {
    let complaints = 0;
    for (let seed = 1; seed <= 300; seed++) {
      const fixture = new Fixture();
      const reader = function* (current: Current): Run<void> {
        for (let i = 0; i < 4; i++) yield* fixture.look(current);
      };
      const writer = function* (current: Current): Run<void> {
        for (let i = 0; i < 3; i++) {
          const old = yield* fixture.replace(current);
          if (how === "call") {
            yield* callSrcu(current, embedded(old, Thing.rcu), fixture.freeThing);
            yield* srcuRunCallbacks(current);
          } else {
            if (how === "synchronize") yield* synchronizeSrcu(current);
            yield* fixture.things.free(current, old);
          }
        }
      };
      try {
        fixture.bench.walk(seed, [reader, reader, reader, writer]);
      } catch (error) {
        if ((error as Error).message !== "a reader saw a freed thing") throw error;
        complaints++;
        continue;
      }
      fixture.bench.atOnce((current) => synchronizeSrcu(current)); // whatever is still queued
      expect(fixture.things.inUse(fixture.bench.words)).toBe(1);
    }
    // Without a grace period it happens: so the test can tell.
    expect(complaints > 50).toBe(how === "nothing");
    expect(complaints === 0).toBe(how !== "nothing");
  });

  it("orders what a reader did before what follows the grace period, though he is inside again by then", () => {
    const races: Race[] = [];
    for (let seed = 1; seed <= 300; seed++) {
      const { bench, place } = new Fixture();
      bench.words[place + Place.thing] = 0;
      const sanitizer = new DataRace(bench.words.length, () => 0);
      sanitizer.begin();
      const engine = new Engine(bench.words);
      const rng = new Rng(seed);
      const bodies = [
        function* (current: Current): Run<void> {
          for (let i = 0; i < 4; i++) {
            yield* srcuReadLock(current);
            if ((yield* readOnce(current, place, Place.thing)) === 0) yield* read(current, place, Place.stop);
            yield* srcuReadUnlock(current);
          }
        },
        function* (current: Current): Run<void> {
          yield* writeOnce(current, place, Place.thing, 1); // from now on nobody looks
          yield* synchronizeSrcu(current);
          yield* write(current, place, Place.stop, 1);
        },
      ];
      for (const [index, body] of bodies.entries()) {
        const current = bench.current(index + 1);
        engine.spawn(current, body(current));
      }
      while (engine.enabled.length > 0) {
        engine.step(rng.pick(engine.enabled));
        const race = sanitizer.stepped(engine);
        if (race !== null) races.push(race);
      }
      expect(engine.alive).toBe(0);
    }
    expect(races).toEqual([]);
  });

  it("waits for the readers inside, not for later ones", () => {
    const fixture = new Fixture();
    const standing = fixture.bench.stand();
    const holder = (until: (current: Current) => Run<boolean>) =>
      function* (current: Current): Run<void> {
        yield* srcuReadLock(current);
        while (!(yield* until(current))) yield* cpuRelax();
        yield* srcuReadUnlock(current);
      };
    const stopped = function* (current: Current): Run<boolean> {
      return (yield* readOnce(current, fixture.place, Place.stop)) !== 0;
    };
    const early = standing.spawn(1, holder(stopped));
    for (let i = 0; i < 20; i++) standing.engine.step(early);
    const waiter = standing.spawn(2, (current) => synchronizeSrcu(current));
    expect(standing.run(waiter)).toBe("waiting");
    const late = standing.spawn(
      3,
      holder(function* () {
        return false;
      }),
    );
    for (let i = 0; i < 20; i++) standing.engine.step(late);
    fixture.bench.words[fixture.place + Place.stop] = 1;
    expect(standing.run(early)).toBe("done");
    expect(standing.run(waiter)).toBe("done");
    expect(late.state).toBe("runnable");
    const second = standing.spawn(4, (current) => synchronizeSrcu(current));
    expect(standing.run(second)).toBe("waiting"); // for `late`
  });

  it("counts nested sections: only the outermost end lets a grace period go on", () => {
    const fixture = new Fixture();
    const standing = fixture.bench.stand();
    let phase = 0;
    const reader = standing.spawn(1, function* (current) {
      yield* srcuReadLock(current);
      yield* srcuReadLock(current);
      yield* srcuReadUnlock(current);
      phase = 1;
      while (phase === 1) yield* cpuRelax();
      yield* srcuReadUnlock(current);
    });
    while (phase === 0) standing.engine.step(reader);
    const waiter = standing.spawn(2, (current) => synchronizeSrcu(current));
    expect(standing.run(waiter)).toBe("waiting");
    phase = 2;
    expect(standing.run(reader)).toBe("done");
    expect(standing.run(waiter)).toBe("done");
  });

  it("runs callbacks first in first out, when their grace period is over, and before a later synchronize returns", () => {
    const fixture = new Fixture();
    const { bench, freed } = fixture;
    const standing = bench.stand();
    let isInside = true;
    const reader = standing.spawn(1, function* (current) {
      yield* srcuReadLock(current);
      while (isInside) yield* cpuRelax();
      yield* srcuReadUnlock(current);
    });
    for (let i = 0; i < 20; i++) standing.engine.step(reader);
    const olds: Ptr<"thing">[] = [];
    const writer = standing.spawn(2, function* (current) {
      for (let i = 0; i < 3; i++) {
        const old = yield* fixture.replace(current);
        olds.push(old);
        yield* callSrcu(current, embedded(old, Thing.rcu), fixture.freeThing);
      }
      return yield* srcuRunCallbacks(current);
    });
    expect(standing.run(writer)).toBe("done");
    expect(writer.result).toBe(false); // the reader is still inside
    const waiter = standing.spawn(3, (current) => synchronizeSrcu(current));
    expect(standing.run(waiter)).toBe("waiting");
    isInside = false;
    expect(standing.run(reader)).toBe("done");
    const worker = standing.spawn(4, (current) => srcuRunCallbacks(current));
    expect(standing.run(worker)).toBe("done");
    expect(worker.result).toBe(true);
    expect(freed).toEqual(olds.slice(0, 1)); // one at a time
    expect(standing.run(waiter)).toBe("done");
    expect(freed).toEqual(olds);
    expect(bench.atOnce((current) => srcuRunCallbacks(current))).toBe(false);
  });

  it("keeps a synchronize from returning while a worker is inside an older callback", () => {
    for (let seed = 1; seed <= 200; seed++) {
      const fixture = new Fixture();
      const { bench, freed } = fixture;
      bench.walk(seed, [
        function* (current) {
          const old = yield* fixture.replace(current);
          if (old === NULL) throw new Error("there was nothing to replace");
          yield* callSrcu(current, embedded(old, Thing.rcu), fixture.freeThing);
          yield* synchronizeSrcu(current);
          if (!freed.includes(old)) throw new Error("synchronize returned before the callback ran");
          if (fixture.things.inUse(bench.words) !== 1) throw new Error("synchronize returned while the callback ran");
        },
        function* (current) {
          for (let i = 0; i < 6; i++) yield* srcuRunCallbacks(current);
        },
      ]);
    }
  });
});
