import type { Found } from "../../executor/explorer/engine/explore.ts";
import type { SizeEstimate } from "../../executor/explorer/measure/size_estimate.ts";
import type { Figures } from "../../executor/explorer/measure/statistics.ts";
import type { HuntMachine } from "../machine/hunt_machine.ts";
import type { Finding } from "../explain/finding.ts";

/** What a hunt came to. Apart from the time, the same for the same options, however many jobs it was spread over. */
export interface HuntOutcome {
  /** In the order of the machines. */
  readonly parts: readonly HuntPart[];
  /** Of all parts. */
  readonly figures: Figures;
  /** Every part was explored to its end. */
  readonly exhaustive: boolean;
  /** What the clean parts allow one to conclude, one sentence each. */
  readonly statement: readonly string[];
  /** The caller wanted it to end. */
  readonly interrupted: boolean;
  /** Wall-clock time of the exploration, former processes' included, without what was done with failures. */
  readonly exploredMs: number;
  /** What former processes had spent of it. */
  readonly formerMs: number;
}

/** What a hunt through one configuration came to. */
export interface HuntPart {
  readonly machine: HuntMachine;
  readonly figures: Figures;
  /** Executions by the strategy that ran them: a portfolio has many. */
  readonly runs: Readonly<Record<string, number>>;
  readonly exhaustive: boolean;
  /**
   * The failure of the execution with the lowest number; explained, unless the caller did not want to wait for that. Null if none
   * failed.
   */
  readonly finding: Finding | null;
  /** Empty if it failed. */
  readonly statement: readonly string[];
}

/** While a hunt is under way. */
export interface HuntProgress {
  readonly machine: HuntMachine;
  /** Executions and steps so far, and configurations in which something was found. */
  readonly schedules: number;
  readonly steps: number;
  readonly failures: number;
  /** Wall-clock time of the exploration so far, former processes' included. */
  readonly exploredMs: number;
  /** How much there is to explore in all configurations; null if the strategy does not know. */
  readonly estimate: SizeEstimate | null;
  /** Configurations that have had a turn. */
  readonly turns: number;
  /** The failure just found, before it is investigated; null if none was. */
  readonly found: Found | null;
}
