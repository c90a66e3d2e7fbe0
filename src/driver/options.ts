/** Where the two-pass design's finish object comes from. */
export type FinishOption =
  /** A pool of `size` for each GPU. */
  | { readonly kind: "pool"; readonly size: number }
  /** One in each notifier, with a flag that says whether it is in use. */
  | { readonly kind: "embedded" }
  /** A GFP_NOWAIT allocation each time, of which `failPercent` fail beside those that find no memory. */
  | { readonly kind: "nowait"; readonly failPercent: number };

/** What can be chosen about a driver; each design looks at what concerns it. */
export interface DriverOptions {
  readonly finish: FinishOption;
}

/**
 * The option written as `pool:8`, `embedded` or `nowait:30`.
 *
 * @throws RangeError for anything else
 */
export function parseFinishOption(text: string): FinishOption {
  const [kind, number] = text.split(":", 2);
  const value = number === undefined || number === "" ? Number.NaN : Number(number);
  if (kind === "pool" && Number.isInteger(value) && value >= 0) return { kind, size: value };
  if (kind === "embedded" && number === undefined) return { kind };
  if (kind === "nowait" && value >= 0 && value <= 100) return { kind, failPercent: value };
  throw new RangeError(`finish: ${text}: not pool:SIZE, embedded or nowait:FAIL_PERCENT`);
}

/** The option as {@link parseFinishOption} reads it. */
export function formatFinishOption(finish: FinishOption): string {
  switch (finish.kind) {
    case "pool":
      return `pool:${finish.size}`;
    case "embedded":
      return "embedded";
    case "nowait":
      return `nowait:${finish.failPercent}`;
  }
}
