import { addrOf, kindOf, STEP_NAMES, type Step } from "./step.ts";

/**
 * The tool itself failed or was misused: a check of ours threw, a limit of ours was met, what it was given to run breaks the
 * contract of steps (docs/steps.md). Never a failure of the protocol that runs: whoever reports failures lets it through.
 */
export class ToolError extends Error {
  override readonly name = "ToolError";
}

/** `READ_ONCE of word 12`, for messages; a kind without a name by its number. */
export function stepText(step: Step): string {
  return `${STEP_NAMES[kindOf(step)] ?? `step kind ${kindOf(step)}`} of word ${addrOf(step)}`;
}

/**
 * The answer of an executor to a step that is not its to interpret.
 *
 * @param why as in `the simulator does not know it`
 */
export function refusedStep(task: { readonly name: string }, step: Step, why: string): ToolError {
  return new ToolError(`${task.name} yielded ${stepText(step)}: ${why}`);
}
