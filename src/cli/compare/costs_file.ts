import { readFileSync } from "node:fs";
import * as v from "valibot";
import { clean } from "../../report/text.ts";
import { DEFAULT_COSTS, type StepCosts } from "../../executor/simulator/costs.ts";

/** A file with costs cannot be used; the message is one line that says which, and why. */
export class CostsError extends Error {
  override readonly name = "CostsError";
}

const Cost = v.pipe(v.number("is not a number"), v.minValue(0, "is negative"), v.finite("is not finite"));
const Costs = v.strictObject(Object.fromEntries(Object.keys(DEFAULT_COSTS).map((name) => [name, v.optional(Cost)])));

/**
 * The costs of a JSON file, such as `{"wakeUpNs": 5000}`; those that it does not name are the usual ones.
 *
 * @throws CostsError
 */
export function readCosts(file: string): StepCosts {
  const given = parse(file);
  if (typeof given !== "object" || given === null || Array.isArray(given))
    throw new CostsError(`--costs ${file}: it is not one JSON object`);
  const result = v.safeParse(Costs, given);
  if (result.success) return { ...DEFAULT_COSTS, ...result.output };
  const [issue] = result.issues;
  const name = issue.path?.map(({ key }) => String(key)).join(".") ?? "";
  const value = typeof issue.input === "number" ? String(issue.input) : JSON.stringify(issue.input);
  throw new CostsError(
    `--costs ${file}: ${
      Object.hasOwn(DEFAULT_COSTS, name)
        ? `${name} ${issue.message}: ${value}`
        : `there is no cost ${JSON.stringify(name)}; there are ${Object.keys(DEFAULT_COSTS).join(", ")}`
    }`,
  );
}

function parse(file: string): unknown {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    throw new CostsError(`--costs ${file}: cannot be read (${(error as NodeJS.ErrnoException).code ?? String(error)})`);
  }
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new CostsError(`--costs ${file}: not JSON: ${clean((error as Error).message)}`);
  }
}
