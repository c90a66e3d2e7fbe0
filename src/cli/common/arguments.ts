import { InvalidArgumentError, type Command } from "commander";
import { isUserModule } from "../../bundle/user_module.ts";
import type { Bug } from "../../bugs/bug.ts";
import { BUGS } from "../../bugs/catalogue.ts";
import { FINISH_FORMATS, parseFinishOption, type FinishOption } from "../../driver/options.ts";

/** Parsers for option values; each says in one line what is allowed. */

/** A whole number from `least` to `most`. */
export function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < least || value > most) {
      throw new InvalidArgumentError(`Allowed: a whole number from ${least} to ${most}.`);
    }
    return value;
  };
}

/** A number from `least` to `most`, fractions included. */
export function number(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+(\.\d+)?$/.test(text) || value < least || value > most) {
      throw new InvalidArgumentError(`Allowed: a number from ${least} to ${most}.`);
    }
    return value;
  };
}

/** A seed: decimal or 0x hexadecimal, below 2^32. */
export function seed(text: string): number {
  const value = Number(text);
  if (!/^(\d+|0x[0-9a-f]+)$/i.test(text) || value > 0xffff_ffff) {
    throw new InvalidArgumentError("Allowed: a whole number from 0 to 4294967295, decimal or 0x hexadecimal.");
  }
  return value;
}

/** One of these names. */
export function oneOf<T extends string>(names: readonly T[]): (text: string) => T {
  return (text) => {
    const name = names.find((candidate) => candidate === text);
    if (name === undefined) throw new InvalidArgumentError(`Allowed: ${names.join(", ")}.`);
    return name;
  };
}

/** One of these names, or a file with a module of the user's, which is looked at later. */
export function oneOfOrFile(names: readonly string[]): (text: string) => string {
  const known = oneOf(names);
  return (text) => (isUserModule(text) ? text : known(text));
}

/** There are too many seeded bugs to name them all. */
export function seededBug(name: string): Bug {
  const bug = BUGS.find((candidate) => candidate.name === name);
  if (bug === undefined) throw new InvalidArgumentError(`There is no bug "${name}". Allowed: those that hunt.ts --list shows.`);
  return bug;
}

/** Where a report goes. */
export function file(text: string): string {
  if (text === "") throw new InvalidArgumentError("Allowed: the path of a file, or - for standard output.");
  return text;
}

/** Where what is not for people goes: never to standard output. */
export function pathOfFile(text: string): string {
  if (text === "" || text === "-") throw new InvalidArgumentError("Allowed: the path of a file.");
  return text;
}

export function folder(text: string): string {
  if (text === "") throw new InvalidArgumentError("Allowed: the path of a folder, which is made if there is none.");
  return text;
}

/** Two on standard output could not be told apart. @param asked where reports go, by option */
export function assertOneOnOutput(command: Command, asked: Readonly<Record<string, boolean>>): void {
  const names = Object.keys(asked).filter((name) => asked[name]);
  if (names.length > 1)
    command.error(`error: ${names.join(" and ")} cannot both go to standard output. Allowed: one of them, files for the others.`);
}

/** Where finish objects come from. */
export function finishOption(text: string): FinishOption {
  try {
    return parseFinishOption(text);
  } catch {
    throw new InvalidArgumentError(`Allowed: ${FINISH_FORMATS}.`);
  }
}
