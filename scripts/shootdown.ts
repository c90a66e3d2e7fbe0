import { Command } from "commander";
import { readFileSync } from "node:fs";
import { runCommand } from "../src/cli/common/run_command.ts";

type Main = (argv: readonly string[]) => Promise<number>;

/** Each is loaded only if it is asked for. */
const COMMANDS: readonly [name: string, summary: string, main: () => Promise<Main>][] = [
  ["stress", "run the machine on real threads", async () => (await import("../src/cli/stress/stress.ts")).stressMain],
  ["hunt", "search interleavings for one that fails", async () => (await import("../src/cli/hunt/hunt.ts")).huntMain],
  ["replay", "let a failure happen again", async () => (await import("../src/cli/replay.ts")).replayMain],
  ["compare", "measure designs against each other", async () => (await import("../src/cli/compare/compare.ts")).compareMain],
  ["conform", "hold the notifiers to recordings of Linux", async () => (await import("../src/cli/conform.ts")).conformMain],
];

const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as { version: string };

process.exitCode = await runCommand([], async () => {
  let exitCode = 0;
  const shootdown = new Command("shootdown")
    .description("An emulator of Linux's MMU interval notifiers over simulated GPUs.")
    .version(version)
    .exitOverride()
    .enablePositionalOptions();
  for (const [name, summary, main] of COMMANDS)
    shootdown
      .command(name)
      .description(summary)
      .helpOption(false)
      .passThroughOptions()
      .allowUnknownOption()
      .argument("[arguments...]", "see --help of the command")
      .action(async () => {
        exitCode = await (await main())(process.argv.toSpliced(2, 1));
      });
  await shootdown.parseAsync();
  return exitCode;
});
