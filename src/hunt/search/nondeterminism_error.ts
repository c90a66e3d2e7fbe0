import type { Nondeterminism } from "../../executor/explorer/replay/determinism.ts";
import type { HuntMachine } from "../machine/hunt_machine.ts";

/** An execution and its repetition were not the same: nothing that the hunt could say would mean anything. */
export class NondeterminismError extends Error {
  override readonly name = "NondeterminismError";

  /** @param index number of the execution, from 0 */
  constructor({ driver, play }: HuntMachine, index: number, { step, first, repeated }: Nondeterminism) {
    super(
      [
        `internal error: ${driver} in ${play} is not deterministic`,
        `schedule ${index + 1} was repeated, decision by decision, and differs in step ${step}`,
        `  first:    ${first}`,
        `  repeated: ${repeated}`,
        "Something decides that is neither in simulated memory nor in the schedule: a",
        "variable that outlives an execution, the clock, Math.random.",
      ].join("\n"),
    );
  }
}
