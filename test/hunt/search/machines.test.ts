import { describe, expect, it } from "vitest";
import { DESIGNS, SOUND_DESIGNS, SOUND_MIXTURES } from "../../../src/driver/catalogue.ts";
import { inDrawnOrder, machinesOf } from "../../../src/hunt/search/machines.ts";
import { PLAY_NAMES } from "../../../src/scenario/play/catalogue.ts";

const MACHINE = { gpus: 1, cpus: 2 };

function left(driver: string): string[] {
  const played = new Set(machinesOf({ driver, play: null, ...MACHINE }).map(({ play }) => play));
  return PLAY_NAMES.filter((name) => !played.has(name));
}

describe("a hunt", () => {
  it("goes through all sound designs and mixtures in all plays, but where a design lacks what it takes for granted", () => {
    const all = machinesOf({ driver: null, play: null, ...MACHINE });
    expect(new Set(all.map(({ driver }) => driver))).toEqual(new Set([...SOUND_DESIGNS, ...SOUND_MIXTURES]));
    const unplayed = DESIGNS.filter(({ name }) => left(name).length > 0).map(({ name }) => [name, left(name)]);
    expect(Object.fromEntries(unplayed)).toEqual({
      "xe-userptr-preempt": ["late-flush", "tiny", "tiny-nested", "tiny-held"],
      "xe-userptr-6.18": ["late-flush"],
      gpusvm: ["late-flush"],
      amdgpu: ["tiny", "tiny-nested", "tiny-held"],
      "amdgpu-partitions": ["tiny", "tiny-nested", "tiny-held"],
    });
  });

  it("of a mixture leaves out what one of its designs does", () => {
    expect(left("nouveau-undone,gpusvm")).toEqual(["late-flush"]);
    expect(left("amdgpu,multiplexed")).toEqual(["tiny", "tiny-nested", "tiny-held"]);
    expect(left("xe-userptr-joined,kvm")).toEqual([]);
  });

  it("leaves out what has more tasks than the sanitizers know, and refuses to hunt through that alone", () => {
    const playsOf = (gpus: number) => new Set(machinesOf({ driver: null, play: null, gpus, cpus: 2 }).map(({ play }) => play));
    expect([...playsOf(7)].filter((play) => !playsOf(8).has(play))).toEqual(["two-tlbs"]);
    expect(() => machinesOf({ driver: "two-pass", play: "two-tlbs", gpus: 8, cpus: 2 })).toThrow(
      new RangeError("two-tlbs with --gpus 8 and --cpus 2 has 34 tasks: too many. Allowed: 32."),
    );
  });

  it("does not go where nobody does the deferred work that a design relies on", () => {
    const alone = { gpus: 1, cpus: 1 };
    expect(machinesOf({ driver: "amdgpu", play: null, ...alone }).map(({ play }) => play)).toEqual(["late-flush", "tiny-fault"]);
    expect(machinesOf({ driver: "two-pass", play: null, ...alone })).toHaveLength(PLAY_NAMES.length);
    expect(() => machinesOf({ driver: "amdgpu", play: "rebind", ...alone })).toThrow(
      /^amdgpu in rebind with --cpus 1: nobody does its deferred work/,
    );
    expect(() => machinesOf({ driver: "amdgpu", play: "tiny", ...MACHINE })).toThrow(/^amdgpu in tiny with --cpus 2: /);
  });

  it("takes them in an order that the seed decides", () => {
    const all = machinesOf({ driver: null, play: null, ...MACHINE });
    const drawn = inDrawnOrder(all, 1);
    expect(inDrawnOrder(all, 1)).toEqual(drawn);
    expect(inDrawnOrder(all, 2)).not.toEqual(drawn);
    expect(new Set(drawn)).toEqual(new Set(all));
    expect(drawn).toHaveLength(all.length);
  });

  it("that was asked for both goes where it was sent", () => {
    expect(machinesOf({ driver: "gpusvm", play: "late-flush", ...MACHINE })).toHaveLength(1);
  });
});
