import type { Finding } from "../hunt/explain/finding.ts";
import { ruleTitle } from "./rule_text.ts";

/**
 * What a hunt is reported as, made of plain data. `--json` writes it as it stands, but for the findings (see {@link
 * renderFindingJson}): keys in this order, and those that exist keep their meaning.
 */
export interface HuntResult {
  /**
   * `fail` if anything was found. If nothing was: `stopped-early` if it was interrupted, `partial` if the time ended before as
   * many configurations as were asked for were come to, else `pass`.
   */
  readonly verdict: "pass" | "fail" | "stopped-early" | "partial";
  readonly findings: readonly Finding[];
  /** Executions run. */
  readonly schedules: number;
  readonly schedulesPerSecond: number;
  readonly stepsPerSecond: number;
  /** Executions that differ in more than the order of independent steps; rounded if `uniqueTracesAreExact` is false. */
  readonly uniqueTraces: number;
  readonly uniqueTracesAreExact: boolean;
  /** Nothing is left to explore. */
  readonly exhaustive: boolean;
  /** The strategy explores everything, but something is left. */
  readonly cutShort: boolean;
  /** What a run that found nothing allows one to conclude, one sentence each; empty if everything failed. */
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

export interface HuntPartResult {
  readonly driver: string;
  readonly scenario: string;
  readonly schedules: number;
  readonly uniqueTraces: number;
  readonly exhaustive: boolean;
  /** Rule that was broken; null if none. */
  readonly failure: string | null;
}

/** The result as one JSON object, indented; ends in a newline. What findings hold for people is left out. */
export function renderHuntJson({ verdict, findings, ...rest }: HuntResult): string {
  return print({ verdict, failures: findings.map(findingJson), ...rest });
}

/** One finding alone, in the same manner. */
export function renderFindingJson(finding: Finding): string {
  return print(findingJson(finding));
}

/**
 * `kind` (`violation`, `deadlock`, `data-race`, …), `rule`, its `title` (null of the name of an error) and `message` say what
 * went wrong; `strategy`, `schedule` (the number of the execution, from 0) and `steps` where it was found; `minimized`, `depth`
 * (of orders that are all necessary), `reproduced` (how often it failed again of how many replays) and `token` what came out
 * about it: null if the hunt was interrupted before that.
 */
function findingJson({ failure: { kind, rule, message }, where, explanation }: Finding): object {
  const { strategy, index, steps, bug, machine } = where;
  const { minimised = null, depth = null, reproduced = null, token = null } = explanation ?? {};
  return {
    kind,
    rule,
    title: ruleTitle(rule),
    message,
    strategy,
    schedule: index,
    steps,
    minimized: minimised,
    depth,
    reproduced: reproduced === null ? null : `${reproduced.failed}/${reproduced.times}`,
    token,
    driver: machine.driver,
    scenario: machine.play,
    bug,
  };
}

function print(object: object): string {
  return `${JSON.stringify(object, null, 2)}\n`;
}
