import { InvalidArgumentError } from "commander";
import { designsIn, DRIVER_NAMES, passesFor } from "../driver/registry.ts";

export const MIXTURE_OPTION = "--drivers <list>";
export const MIXTURE_HELP = "several drivers in one process, separated by commas: GPU i has the i-th, in turns";

/** A list of drivers that can be in one process. It is a driver's name itself: see {@link designsIn}. */
export function driverMixture(text: string): string {
  const designs = text.split(",");
  if (designs.some((design) => !DRIVER_NAMES.includes(design))) {
    throw new InvalidArgumentError(`Allowed: a list, separated by commas, of ${DRIVER_NAMES.join(", ")}.`);
  }
  try {
    passesFor(text);
  } catch (error) {
    throw new InvalidArgumentError(`${(error as Error).message}.`);
  }
  return text;
}

/** The option that asks for this driver or mixture. */
export function driverArguments(driver: string): string[] {
  return [designsIn(driver).length > 1 ? "--drivers" : "--driver", driver];
}
