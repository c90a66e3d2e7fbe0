import type { OpenRange, OpenRanges } from "./open_ranges.ts";

/** What one listener keeps of its own about each open range. Nobody else sees it, and it goes when the range is forgotten. */
export class StateOf<T> {
  readonly #slot: number;
  readonly #begin: () => T;

  /** @param begin what is kept of a range that was not looked at before */
  constructor(open: OpenRanges, begin: () => T) {
    this.#slot = open.addSlot();
    this.#begin = begin;
  }

  of({ slots }: OpenRange): T {
    return (slots[this.#slot] ??= this.#begin()) as T;
  }
}
