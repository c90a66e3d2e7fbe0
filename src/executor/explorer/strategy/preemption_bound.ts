import { Enumeration } from "./enumeration.ts";

/**
 * All interleavings with at most so many preemptions (Musuvathi and Qadeer, PLDI 2007): switches away from a thread that could
 * have gone on. Most bugs need one or two.
 */
export class PreemptionBound extends Enumeration {
  /** @param preemptions null: 0, 1, 2, … one after the other */
  constructor(preemptions: number | null) {
    super(
      "preemption",
      {
        affordable: (options, currentCanRun, budget) => (currentCanRun && budget === 0 ? 1 : options),
        price: (option, currentCanRun) => (currentCanRun && option > 0 ? 1 : 0),
      },
      preemptions,
    );
  }
}
