import type { Bug } from "../../bugs/bug.ts";
import type { StrategySpec } from "../../executor/explorer/strategy/kind.ts";
import type { HuntMachine } from "../machine/hunt_machine.ts";

/** What to hunt through, how, and for how long. */
export interface HuntOptions {
  /** The machines and what is played on them, one (driver, scenario) each; hunted through in turns, in this order. */
  readonly machines: readonly HuntMachine[];
  /** Planted into the sources; null for the correct ones. */
  readonly bug: Bug | null;
  /** File that the workers run, with the bug and the user's modules in it: see explorerBundle. */
  readonly bundle: string;
  readonly strategy: StrategySpec;
  /** Executions of each configuration at most; null: as many as there is time for. */
  readonly schedules: number | null;
  /**
   * Time to explore all configurations in; null: until the schedules are run. One of the two is not null. Looking into failures
   * may take as long again: see INVESTIGATION_SECONDS.
   */
  readonly seconds: number | null;
  /** The time does not end before each configuration has had a turn. Default false. */
  readonly everyTurn?: boolean;
  /** Worker threads. */
  readonly jobs: number;
  /** Repeat each execution, and end with a NondeterminismError where the repetition differs. Default false. */
  readonly checkDeterminism?: boolean;
  /** After a failure in one configuration, go on with the others. */
  readonly keepGoing: boolean;
}
