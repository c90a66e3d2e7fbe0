import { Enumeration } from "./enumeration.ts";

/**
 * All interleavings with at most so many delays (Emmi, Qadeer and Rakamaric, POPL 2011): each passes over one thread that it
 * would have been the turn of.
 */
export class DelayBound extends Enumeration {
  /** @param delays null: 0, 1, 2, … one after the other */
  constructor(delays: number | null) {
    super(
      "delay",
      {
        affordable: (options, _currentCanRun, budget) => Math.min(options, budget + 1),
        price: (option) => option,
      },
      delays,
    );
  }
}
