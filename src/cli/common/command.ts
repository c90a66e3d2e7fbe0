import { Command } from "commander";
import { clean } from "../../report/text.ts";

/** A command as all of them are: nothing is taken that is not declared, and whoever runs it decides how the process ends. */
export function commandNamed(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .exitOverride()
    .allowExcessArguments(false)
    .helpOption("--help", "show this help")
    .configureOutput({ outputError: (text, write) => write(`${oneLine(text)}\n`) });
}

/** An error quotes what was typed, and may have a hint below it. */
function oneLine(text: string): string {
  return clean(text.trimEnd().replace("\n(Did you mean", " (Did you mean"));
}
