/** Where the finish objects of designs with several passes come from (RULES d 7). */
export type FinishOption =
  /** A pool of `size` for each GPU. */
  | { readonly kind: "pool"; readonly size: number }
  /** A pool of `size` for all GPUs together. */
  | { readonly kind: "shared-pool"; readonly size: number }
  /** One in each notifier, with a flag that says whether it is in use; if so, everything is done in one pass. */
  | { readonly kind: "embedded" }
  /** The same, but whoever finds it in use waits until it is not. */
  | { readonly kind: "block" }
  /** A ticket for each CPU in each notifier: always there, so that every invocation can wait for the work in flight. */
  | { readonly kind: "join" }
  /** A GFP_NOWAIT allocation each time, of which `failPercent` fail beside those that find no memory. */
  | { readonly kind: "nowait"; readonly failPercent: number };

/** What can be chosen about a driver; each design looks at what concerns it. */
export interface DriverOptions {
  readonly finish: FinishOption;
}

export type FinishKind = FinishOption["kind"];
export const FINISH_KINDS: readonly FinishKind[] = ["pool", "shared-pool", "embedded", "block", "join", "nowait"];

/** How a {@link FinishOption} is written, for help texts. */
export const FINISH_FORMATS = "pool:SIZE, shared-pool:SIZE, embedded, block, join, nowait:FAIL_PERCENT";

/**
 * The option written as `pool:8`, `shared-pool:8`, `embedded`, `block`, `join` or `nowait:30`.
 *
 * @throws RangeError for anything else
 */
export function parseFinishOption(text: string): FinishOption {
  const [kind, number] = text.split(":", 2);
  const value = number === undefined || number === "" ? Number.NaN : Number(number);
  if ((kind === "pool" || kind === "shared-pool") && Number.isInteger(value) && value >= 0) return { kind, size: value };
  if ((kind === "embedded" || kind === "block" || kind === "join") && number === undefined) return { kind };
  if (kind === "nowait" && value >= 0 && value <= 100) return { kind, failPercent: value };
  throw new RangeError(`finish: no such source: ${text}`);
}

/** The option as {@link parseFinishOption} reads it. */
export function formatFinishOption(finish: FinishOption): string {
  switch (finish.kind) {
    case "pool":
    case "shared-pool":
      return `${finish.kind}:${finish.size}`;
    case "nowait":
      return `nowait:${finish.failPercent}`;
    default:
      return finish.kind;
  }
}
