import type { Command } from "commander";
import { quoteCommand } from "../../report/command_line.ts";

/**
 * Options that say where reports go and how many threads work, but nothing of what is run. Whatever is not named here is written.
 */
const OTHERWISE_EQUAL: ReadonlySet<string> = new Set([
  "--jobs",
  "--json",
  "--junit",
  "--ktap",
  "--quiet",
  "--save",
  "--checkpoint",
  "--list",
  "--explain",
]);

/**
 * Parse a command line, and keep what has to be given to do the same again: each option as it was written, but for the seed,
 * which may have been drawn.
 *
 * @throws CommanderError for bad usage; its message has been printed
 */
export function parseAndKeep(command: Command, argv: readonly string[]): string[] {
  const given = new Map<string, readonly string[]>();
  for (const option of command.options) {
    const flag = option.long!;
    command.on(`option:${option.name()}`, (text: string | undefined) =>
      given.set(flag, text === undefined ? [flag] : [flag, text]),
    );
  }
  command.parse([...argv]);
  return command.options.flatMap(({ long }) => {
    const isLeftOut = long === "--seed" || OTHERWISE_EQUAL.has(long!);
    return isLeftOut ? [] : (given.get(long!) ?? []);
  });
}

/** A command line, quoted for a shell, that does the same again. @param given see {@link parseAndKeep} */
export function commandAgain(script: string, given: readonly string[], seed: number): string {
  return quoteCommand(["npx", "tsx", `scripts/${script}`, ...given, "--seed", String(seed)]);
}
