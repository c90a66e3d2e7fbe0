import { signatureOf } from "../../executor/explorer/engine/failure.ts";
import { minimise, type Budget } from "../../executor/explorer/minimise/minimise.ts";
import { Reproducer } from "../../executor/explorer/replay/reproduce.ts";
import { huntSubject } from "../machine/subject.ts";
import { explain } from "./explain.ts";
import type { ExplainedFinding, Finding } from "./finding.ts";
import { smallestMachine } from "./smallest_machine.ts";

/** What may be spent on a smaller schedule. */
const TO_MINIMISE: Budget = { executions: 4000, steps: 1_000_000 };

/**
 * From a failing execution to everything that there is to say of it: it fails again, on a smaller machine, with a smaller
 * schedule, because of these orders, from this step on.
 *
 * @throws Error if it does not fail again: then something in the machine is not determined by the schedule
 */
export function investigate(finding: Finding): ExplainedFinding {
  const { where, failure } = finding;
  const signature = signatureOf(failure);
  const small = smallestMachine(where.machine, signature, finding.schedule, where.seed);
  const reproducer = new Reproducer(huntSubject(small.config), signature, where.machine.faults.spuriousPercent);
  const { schedule } = minimise(reproducer, small.schedule, TO_MINIMISE);
  return explain({ ...finding, where: { ...where, machine: small.config }, schedule }, reproducer);
}
