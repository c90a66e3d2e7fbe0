import { describe, expect, it } from "vitest";
import { registerDesign } from "../../src/driver/catalogue.ts";
import type { OwnDesign } from "../../src/driver/design.ts";
import { BlockingFinish } from "../../src/driver/argued/svm/embedded_finish.ts";
import type { FinishSource } from "../../src/driver/argued/svm/finish_source.ts";
import { Svm } from "../../src/driver/argued/svm/svm.ts";
import { twoPassDriver } from "../../src/driver/argued/two_pass.ts";
import { twoPassCore } from "../../src/kernel/mmu_notifier/two_pass.ts";
import { shareOfDeadlocks, type TwoChunks } from "./two_chunks.ts";

/** docs/findings/5: waiting for the one finish object of a notifier. */
function designWith(name: string, finishes: FinishSource): OwnDesign {
  return {
    core: twoPassCore,
    create: (_options, layout, kernel, gpus) => twoPassDriver(name, new Svm(layout, kernel, gpus), finishes),
  };
}

const blocking = new BlockingFinish();
registerDesign("waits-before-the-lock", designWith("waits-before-the-lock", blocking));
registerDesign(
  "waits-under-the-lock",
  designWith("waits-under-the-lock", {
    powerOn() {},
    take: (...args) => blocking.reserve(...args),
    put: (...args) => blocking.put(...args),
  }),
);

describe("a start pass that blocks until the finish object is free", () => {
  const oneNotifier: TwoChunks = {
    touches: [[0, 0]],
    ranges: [
      [0, 1],
      [0, 1],
    ],
  };
  const twoNotifiers: TwoChunks = {
    touches: [
      [0, 0],
      [0, 1],
    ],
    ranges: [
      [0, 2],
      [0, 1],
    ],
  };

  it("with the user lock held waits for who waits for the lock, if a range hits two notifiers of one address space", () => {
    expect(shareOfDeadlocks("waits-under-the-lock", oneNotifier)).toBe(0);
    expect(shareOfDeadlocks("waits-under-the-lock", twoNotifiers)).toBeGreaterThan(0);
  });

  it("before it takes the lock does not", () => {
    expect(shareOfDeadlocks("waits-before-the-lock", oneNotifier)).toBe(0);
    expect(shareOfDeadlocks("waits-before-the-lock", twoNotifiers)).toBe(0);
    const crossed: TwoChunks = {
      touches: [
        [0, 0],
        [1, 0],
        [1, 1],
        [0, 1],
      ],
      ranges: [
        [0, 2],
        [0, 1],
        [1, 1],
      ],
    };
    expect(shareOfDeadlocks("waits-before-the-lock", crossed)).toBe(0);
  });
});
