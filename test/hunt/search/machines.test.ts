import { describe, expect, it } from "vitest";
import { DESIGNS, SOUND_DESIGNS, SOUND_MIXTURES } from "../../../src/driver/catalogue.ts";
import { machinesOf } from "../../../src/hunt/search/machines.ts";
import { PLAY_NAMES } from "../../../src/scenario/play/catalogue.ts";

const MACHINE = { gpus: 1, cpus: 1 };

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

  it("that was asked for both goes where it was sent", () => {
    expect(machinesOf({ driver: "gpusvm", play: "late-flush", ...MACHINE })).toHaveLength(1);
  });
});
