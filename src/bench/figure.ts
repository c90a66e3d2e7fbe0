/** What a benchmark measures: figures, each beside what it is compared with. Every bar is on the ratio of the two. */

export type Unit = "ns" | "us" | "ms" | "bytes" | "steps" | "times";

/** How large a ratio may be, how large it has to be, or how far from 1 it may be. */
export interface Bar {
  readonly kind: "at most" | "at least" | "within";
  readonly ratio: number;
}

export interface Figure {
  readonly name: string;
  readonly unit: Unit;
  readonly value: number;
  /** What it is compared with, in the same unit; null if with nothing. */
  readonly against: { readonly name: string; readonly value: number } | null;
  /** Null: for information. */
  readonly bar: Bar | null;
}

/** What came of one benchmark. */
export interface Outcome {
  readonly figures: readonly Figure[];
  /** What a reader has to know about the figures, a sentence each: what was left out and why. */
  readonly notes: readonly string[];
}

export interface Benchmark {
  readonly name: string;
  /** What is measured, in one line. */
  readonly summary: string;
  /** Takes too long to be run unless it is named. */
  readonly isOnDemand: boolean;
  /** @param say told now and then what is being measured */
  run(say: (what: string) => void): Promise<Outcome>;
}

/** Value over what it is compared with; null if there is nothing. */
export function ratioOf({ value, against }: Figure): number | null {
  return against === null ? null : value / against.value;
}

/** Is the figure on the right side of its bar? One that could not be measured is not; one without a bar always is. */
export function isMet(figure: Figure): boolean {
  const { bar } = figure;
  if (bar === null) return true;
  const ratio = ratioOf(figure) ?? Number.NaN;
  switch (bar.kind) {
    case "at most":
      return ratio <= bar.ratio;
    case "at least":
      return ratio >= bar.ratio;
    case "within":
      return Math.abs(ratio - 1) <= bar.ratio;
  }
}

export function atMost(ratio: number): Bar {
  return { kind: "at most", ratio };
}

export function atLeast(ratio: number): Bar {
  return { kind: "at least", ratio };
}

/** The ratio is from `1 - tolerance` to `1 + tolerance`. */
export function within(tolerance: number): Bar {
  return { kind: "within", ratio: tolerance };
}
