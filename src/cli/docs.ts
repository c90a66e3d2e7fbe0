import { Command } from "commander";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { renderRulePage } from "../rules/page.ts";
import { EXIT_CLEAN, EXIT_VIOLATION } from "./exit_codes.ts";
import { PageError, type GeneratedPage } from "./generated_page.ts";
import { runCommand } from "./run_command.ts";

/** All pages that are made from the sources, in whole or in part. */
const PAGES: readonly GeneratedPage[] = [{ path: "docs/rules.md", render: renderRulePage }];

/** `npm run docs [-- --check]`: make the generated pages of docs/ again, or say which are stale. Returns the exit code. */
export function docsMain(argv: readonly string[], pages: readonly GeneratedPage[] = PAGES): Promise<number> {
  return runCommand([PageError], () => {
    const { check } = command()
      .parse([...argv])
      .opts<{ check?: boolean }>();
    const stale = pages.map((page) => ({ ...page, text: textOf(page.path) })).filter(({ text, render }) => render(text) !== text);
    for (const { path, render, text } of stale) {
      if (check === true) process.stdout.write(`${path} is stale: make it again with "npm run docs"\n`);
      else writeFileSync(path, render(text));
    }
    return check === true && stale.length > 0 ? EXIT_VIOLATION : EXIT_CLEAN;
  });
}

function command(): Command {
  return new Command("docs.ts")
    .description("Make the pages of docs/ that are generated from the sources, in whole or in part.")
    .exitOverride()
    .allowExcessArguments(false)
    .option("--check", "write nothing; name the pages that are stale, and exit with 1 if there are any")
    .helpOption("--help", "show this help");
}

function textOf(path: string): string {
  return existsSync(path) ? readFileSync(path, "utf8") : "";
}
