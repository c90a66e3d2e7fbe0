import { type Command, Option } from "commander";
import { availableParallelism } from "node:os";
import { BUGS } from "../../bugs/catalogue.ts";
import { FINISH_FORMATS, type FinishOption } from "../../driver/options.ts";
import { DRIVER_NAMES } from "../../driver/catalogue.ts";
import { EXHAUSTIVE_STRATEGIES, STRATEGIES, STRATEGY_NAMES } from "../../executor/explorer/strategy/catalogue.ts";
import type { StrategySpec } from "../../executor/explorer/strategy/kind.ts";
import { MAX_HUNT_CPUS, MAX_HUNT_GPUS } from "../../hunt/machine/hunt_machine.ts";
import type { HuntOptions } from "../../hunt/search/options.ts";
import { PLAY_NAMES } from "../../scenario/play/catalogue.ts";
import { parseAndKeep } from "../common/again.ts";
import { file, finishOption, folder, number, oneOf, oneOfOrFile, seed, wholeNumber } from "../common/arguments.ts";
import { checkFinish, driverMixture, MIXTURE_HELP, MIXTURE_OPTION } from "../common/driver_option.ts";
import { explainOption } from "../common/explain.ts";
import type { Rule } from "../../rules/rule.ts";
import { commandNamed } from "../common/command.ts";

/** What the hunt command was asked for. */
export interface HuntCommandOptions extends Pick<HuntOptions, "schedules" | "seconds" | "jobs"> {
  /** A driver or a mixture of some. Null: all correct designs, or the one that the bug is in. */
  readonly driver: string | null;
  /** ALL: each of them. Null: the one that the bug shows in, or all. */
  readonly scenario: string | null;
  /** Neither time nor number of schedules was given: each configuration gets a turn, however long that takes. */
  readonly everyTurn: boolean;
  /** Share of the configurations, in percent, that has to be come to. */
  readonly minSharePercent: number;
  readonly bug: string | null;
  /** Null: as each scenario has it. */
  readonly finish: FinishOption | null;
  readonly gpus: number;
  readonly cpus: number;
  readonly strategy: Required<Omit<StrategySpec, "seed">>;
  /** Null: that of the checkpoint, or drawn. */
  readonly seed: number | null;
  /** File to go on from, if there is one, and to write checkpoints into; null: none. */
  readonly checkpoint: string | null;
  /** Folder for what was found; null: none. */
  readonly save: string | null;
  /** File name, `-` for standard output. */
  readonly json: string | null;
  readonly checkDeterminism: boolean;
  readonly list: boolean;
  /** What to give to have the same again: see commandAgain. */
  readonly again: readonly string[];
  /** A rule to explain, instead of everything else; null: none. */
  readonly explain: Rule | null;
}

/** How long a hunt is that says nothing of it, in seconds. */
const DEFAULT_SECONDS = 60;
export const ALL = "all";

const EXAMPLES = `
A hunt runs a small machine in one thread, over and over, and decides before
each access to shared memory who runs next. What the machine does, the scenario
of a hunt, is a play: a fixed list of a few operations for each CPU and of
accesses for each GPU. A failure is minimised, explained, and printed with a
token that replays it.

Examples:
  all correct designs and scenarios for a minute
  $ npx tsx scripts/hunt.ts
  drivers, scenarios, strategies, seeded bugs
  $ npx tsx scripts/hunt.ts --list
  plant a bug, find it, explain it
  $ npx tsx scripts/hunt.ts --bug flush-skipped
  one design, or two in one process
  $ npx tsx scripts/hunt.ts --driver xe-userptr --scenario all --seconds 300
  $ npx tsx scripts/hunt.ts --drivers xe-userptr-joined,single-pass
  your own design (docs/writing-a-driver.md)
  $ npx tsx scripts/hunt.ts --driver ./mine.ts
  every schedule that differs: a proof
  $ npx tsx scripts/hunt.ts --scenario unmap --gpus 1 --cpus 1 --strategy dpor
  one that may be killed: the same again goes on where it was
  $ npx tsx scripts/hunt.ts --scenario tiny --driver two-pass --strategy dpor \\
      --seconds 3600 --checkpoint tiny.checkpoint
  the same on every computer
  $ npx tsx scripts/hunt.ts --scenario unmap --driver two-pass \\
      --strategy pct --depth 3 --schedules 10000 --seed 1
  a failure again, from its token
  $ npx tsx scripts/replay.ts sd1:...

Exit codes: 0 none found, 1 found, 2 bad usage, 3 deadlock, livelock or lost
wake-up found, 4 internal error, a schedule that is not the same when it is
repeated (--check-determinism), or output that cannot be written,
5 (replay.ts) the replay diverged, 7 none found, but the time ended before all
configurations were come to (--min-share), 130 interrupted, with a report of
what was run.`;

/** @throws CommanderError for bad usage; its message has been printed */
export function parseHuntOptions(argv: readonly string[]): HuntCommandOptions {
  const command = huntCommand();
  const again = parseAndKeep(command, argv);
  const given = command.opts<Record<string, unknown>>();
  const value = <T>(name: string) => (given[name] as T | undefined) ?? null;
  const schedules = value<number>("schedules");
  const driver = value<string>("drivers") ?? value<string>("driver");
  const finish = value<FinishOption>("finish");
  if (driver !== null && finish !== null) checkFinish(command, driver, finish);
  return {
    driver,
    scenario: value("scenario"),
    bug: value("bug"),
    finish,
    gpus: given["gpus"] as number,
    cpus: given["cpus"] as number,
    strategy: { name: given["strategy"] as string, depth: value("depth"), preemptions: value("preemptions") },
    schedules,
    seconds: value<number>("seconds") ?? (schedules === null ? DEFAULT_SECONDS : null),
    everyTurn: value("seconds") === null && schedules === null,
    minSharePercent: given["minShare"] as number,
    jobs: given["jobs"] as number,
    seed: value("seed"),
    checkpoint: value("checkpoint"),
    save: value("save"),
    json: value("json"),
    checkDeterminism: given["checkDeterminism"] === true,
    list: given["list"] === true,
    again,
    explain: value("explain"),
  };
}

/** The strategies that take such a bound. */
function boundedBy(...bounds: readonly unknown[]): string {
  return STRATEGIES.filter(({ bound }) => bounds.includes(bound))
    .map(({ name }) => name)
    .join(", ");
}

/** For tests: what can be given. */
export function huntCommand(): Command {
  return commandNamed(
    "hunt.ts",
    "Search the interleavings of a small machine for one that fails; shrink it, explain it, replay it.",
  )
    .option(
      "--driver <name>",
      `GPU driver: ${DRIVER_NAMES.join(", ")}, or ./mine.ts (default: all correct designs)`,
      oneOfOrFile(DRIVER_NAMES),
    )
    .addOption(new Option(MIXTURE_OPTION, MIXTURE_HELP).argParser(driverMixture).conflicts("driver"))
    .option(
      "--scenario <name>",
      `what happens: ${PLAY_NAMES.join(", ")}, ./mine.ts, or ${ALL} (default)`,
      oneOfOrFile([...PLAY_NAMES, ALL]),
    )
    .option("--bug <name>", "plant this seeded bug (see --list)", oneOf(BUGS.map(({ name }) => name)))
    .option(
      "--finish <source>",
      `where finish objects come from: ${FINISH_FORMATS} (default: as each scenario has it)`,
      finishOption,
    )
    .option("--gpus <n>", `GPUs, 1 to ${MAX_HUNT_GPUS}`, wholeNumber(1, MAX_HUNT_GPUS), 2)
    .option("--cpus <n>", `CPUs, 1 to ${MAX_HUNT_CPUS}`, wholeNumber(1, MAX_HUNT_CPUS), 2)
    .option("--strategy <name>", `who runs next: ${STRATEGY_NAMES.join(", ")}`, oneOf(STRATEGY_NAMES), "portfolio")
    .option(
      "--depth <d>",
      `${boundedBy("depth")}: depth of the bugs to look for (default: 1, 2, 3, ... in turn)`,
      wholeNumber(1, 20),
    )
    .option(
      "--preemptions <c>",
      `${boundedBy("delay", "preemption")}: at most so many (default: 0, 1, 2, ... one after the other)`,
      wholeNumber(0, 100),
    )
    .option("--schedules <n>", "end after so many executions of each configuration", wholeNumber(1, 2 ** 31 - 1))
    .option(
      "--seconds <n>",
      "end after this time; looking into failures may take as long again, or 30 s " +
        `(default: ${DEFAULT_SECONDS}, or until each configuration has had a turn; none with --schedules)`,
      number(0.1, 1e7),
    )
    .option("--min-share <percent>", "pass although only so many of the configurations were come to", number(0, 100), 100)
    .option("--jobs <n>", "worker threads; what is found does not depend on it", wholeNumber(1, 256), availableParallelism())
    .option("--seed <n>", "seed of all chance; drawn and printed if not given", seed)
    .option(
      "--checkpoint <file>",
      `go on from this file if it exists, and keep it up to date (${EXHAUSTIVE_STRATEGIES.join(", ")})`,
      file,
    )
    .option("--save <dir>", "write token, report and JSON of each failure into this folder", folder)
    .option("--json <file>", "write the result as one JSON object, - for standard output", file)
    .option("--check-determinism", "repeat each schedule step by step; end with 4 if the repetition differs")
    .option("--list", "list drivers, scenarios, strategies and seeded bugs")
    .addOption(explainOption())
    .addHelpText("after", EXAMPLES);
}
