import { InvalidArgumentError, type Command } from "commander";
import { formatFinishOption, type FinishOption } from "../../driver/options.ts";
import { designNamesIn, DRIVER_NAMES, finishesOf } from "../../driver/catalogue.ts";
import { passesFor } from "../../driver/create_driver.ts";

export const MIXTURE_OPTION = "--drivers <list>";
export const MIXTURE_HELP = "several drivers in one process, separated by commas: GPU i has the i-th, in turns";

/** A list of drivers that can be in one process. It is a driver's name itself: see {@link designNamesIn}. */
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

/** Does it make a difference to the driver where finish objects come from? To a user's own one it may. */
function isFinishChosen(driver: string, { kind }: FinishOption): boolean {
  return designNamesIn(driver).some((design) => !DRIVER_NAMES.includes(design)) || finishesOf(driver).includes(kind);
}

/** A source of finish objects that makes no difference to the driver is refused. */
export function checkFinish(command: Command, driver: string, finish: FinishOption): void {
  if (isFinishChosen(driver, finish)) return;
  const askers = DRIVER_NAMES.filter((name) => finishesOf(name).includes(finish.kind));
  command.error(
    `error: --finish ${formatFinishOption(finish)}: ${driver} does not choose its finish objects so. Allowed: with ` +
      `${askers.join(", ")}.`,
  );
}
