import type { FailureReport } from "./story.ts";

/**
 * What a hunt is reported as, made of plain data. `--json` writes it as it stands: keys in this order, and those that exist keep
 * their meaning.
 */
export interface HuntResult {
  /** "fail" if anything was found. An interrupted hunt that found nothing passes. */
  readonly verdict: "pass" | "fail";
  readonly failures: readonly HuntFailureResult[];
  /** Executions run. */
  readonly schedules: number;
  readonly schedulesPerSecond: number;
  readonly stepsPerSecond: number;
  /** Executions that differ in more than the order of independent steps; rounded if `uniqueTracesAreExact` is false. */
  readonly uniqueTraces: number;
  readonly uniqueTracesAreExact: boolean;
  /** Nothing is left to explore. */
  readonly exhaustive: boolean;
  /** What a run that found nothing licenses to say, one sentence each; empty if everything failed. */
  readonly statement: readonly string[];
  /** Switches from one task to another in an execution. */
  readonly switches: { readonly min: number; readonly average: number; readonly max: number };
  /** By driver and scenario. */
  readonly parts: readonly HuntPartResult[];
  /** The whole resolved configuration. */
  readonly config: Readonly<Record<string, unknown>>;
  readonly seed: number;
  readonly elapsedMs: number;
  readonly interrupted: boolean;
  /** Command line that does the same again, quoted for a shell. */
  readonly reproduce: string;
}

export interface HuntFailureResult {
  /** What kind of thing went wrong: `violation`, `deadlock`, `data-race`, … */
  readonly kind: string;
  readonly rule: string;
  readonly message: string;
  readonly strategy: string;
  /** Number of the execution that showed it first, from 0. */
  readonly schedule: number;
  /** Steps of that execution. */
  readonly steps: number;
  /** Null if the hunt was interrupted before it was made small. */
  readonly minimized: { readonly steps: number; readonly switches: number } | null;
  /** Orders between tasks that are all necessary for it; null if that could not be told. */
  readonly depth: number | null;
  /** `10/10`: how often it failed again of how many replays; null as `minimized`. */
  readonly reproduced: string | null;
  readonly token: string | null;
  readonly driver: string;
  readonly scenario: string;
  readonly bug: string | null;
  /** All there is to tell; null as `minimized`. */
  readonly report: FailureReport | null;
}

export interface HuntPartResult {
  readonly driver: string;
  readonly scenario: string;
  readonly schedules: number;
  readonly uniqueTraces: number;
  readonly exhaustive: boolean;
  /** Rule that was broken; null if none. */
  readonly failure: string | null;
}

/** The result as one JSON object, indented; ends in a newline. The reports of failures, which are for people, are left out. */
export function renderHuntJson(result: HuntResult): string {
  return print({ ...result, failures: result.failures.map(withoutReport) });
}

/** One failure alone, in the same manner. */
export function renderHuntFailureJson(failure: HuntFailureResult): string {
  return print(withoutReport(failure));
}

function withoutReport(failure: HuntFailureResult): Omit<HuntFailureResult, "report"> {
  const { kind, rule, message, strategy, schedule, steps, minimized, depth, reproduced, token, driver, scenario, bug } = failure;
  return { kind, rule, message, strategy, schedule, steps, minimized, depth, reproduced, token, driver, scenario, bug };
}

function print(object: object): string {
  return `${JSON.stringify(object, null, 2)}\n`;
}
