import { type Command, InvalidArgumentError, Option } from "commander";
import { availableParallelism } from "node:os";
import { isUserModule } from "../../bundle/user_module.ts";
import { EXPERIMENTS, THREADS_EXPERIMENTS } from "../../compare/catalogue.ts";
import type { Experiment, MachineOption } from "../../compare/experiment.ts";
import { typicalUs, type LatencyUs } from "../../device/latency.ts";
import { designNamesIn, DRIVER_NAMES } from "../../driver/catalogue.ts";
import { wrap } from "../../report/text.ts";
import { MAX_CPUS } from "../../scenario/board.ts";
import { parseAndKeep } from "../common/again.ts";
import { assertOneOnOutput, file, folder, number, oneOf, seed, wholeNumber } from "../common/arguments.ts";
import { driverMixture, MIXTURE_OPTION } from "../common/driver_option.ts";
import { latency, LATENCY_FORMS } from "../common/latency.ts";
import { commandNamed } from "../common/command.ts";

/** What the compare command was asked for. */
export interface CompareCommandOptions {
  readonly experiments: readonly Experiment[];
  /** Names, and files of the user's. */
  readonly designs: readonly string[];
  readonly gpus: readonly number[];
  readonly tlbLatencyUs: readonly number[];
  /** GPU i has latency i modulo their number; null: all GPUs are alike. */
  readonly mix: readonly LatencyUs[] | null;
  readonly cpus: number;
  readonly executor: "simulator" | "threads";
  readonly seed: number;
  /** File with costs of the simulator; null: the usual ones. */
  readonly costs: string | null;
  readonly jobs: number;
  /** File names, `-` for standard output; null for none. */
  readonly json: string | null;
  readonly markdown: string | null;
  /** Folder for plots; null: none. */
  readonly svg: string | null;
  /** What to give to have the same again: see commandAgain. */
  readonly again: readonly string[];
}

export const ALL = "all";
const MAX_GPUS = 4096;
/** Each is a thread. */
const MAX_THREADS_GPUS = 16;
const DEFAULT_GPUS = [1, 4, 16, 64, 256, 1024];
const DEFAULT_THREADS_GPUS = [1, 2, 4, 8, 16];
const DEFAULT_TLB_LATENCY_US = [2, 40, 100];
const DEFAULT_SEED = 1;
/** By name: what it changes of machines. */
const MACHINE_FLAGS: readonly (readonly [name: string, flag: string, option: MachineOption])[] = [
  ["designs", "--designs", "designs"],
  ["drivers", "--drivers", "designs"],
  ["gpus", "--gpus", "gpus"],
  ["tlbLatencyUs", "--tlb-latency-us", "tlbLatencyUs"],
  ["cpus", "--cpus", "cpus"],
];

const EXAMPLES = `
Each experiment asks one question about designs and answers it with a table,
plots and sentences. Machines run in virtual time: the same seed gives the same
figures on every computer. What the simulator knows and what it does not is in
docs/simulator.md, with the costs that --costs can change.

Experiments:
${EXPERIMENTS.flatMap(({ name, question }) => wrap(question, `  ${name.padEnd(18)}  `, " ".repeat(22))).join("\n")}

Examples:
  everything, as a report with plots
  $ npx tsx scripts/compare.ts --svg docs/designs --markdown docs/designs.md
  one question, two designs, three sizes
  $ npx tsx scripts/compare.ts --experiments scaling \\
      --designs single-pass,two-pass --gpus 1,8,64
  every other GPU takes ten times as long
  $ npx tsx scripts/compare.ts --experiments scaling --mix 40,400
  latencies drawn: by median and 99th percentile; as they were measured (rows
  FROM_US COUNT in ascending order, the last one TO_US 0)
  $ npx tsx scripts/compare.ts --mix log-normal:40:100
  $ npx tsx scripts/compare.ts --mix file:measured.txt
  on a system that is slow to wake up
  $ echo '{"wakeUpNs": 10000}' > slow.json
  $ npx tsx scripts/compare.ts --costs slow.json
  your own design (docs/writing-a-driver.md)
  $ npx tsx scripts/compare.ts --designs two-pass,./mine.ts
  two drivers in one process, beside each alone
  $ npx tsx scripts/compare.ts --drivers xe-userptr,single-pass --gpus 2,8
  on real threads, against the clock
  $ npx tsx scripts/compare.ts --executor threads --gpus 1,2,4

Exit codes: 0 done, 1 a design that is meant to be right was objected to, or a
negative control was not, 2 bad usage or input, 4 internal error, 130
interrupted, with a report of what was measured.`;

/** @throws CommanderError for bad usage; its message has been printed */
export function parseCompareOptions(argv: readonly string[]): CompareCommandOptions {
  const command = compareCommand();
  const again = parseAndKeep(command, argv);
  const given = command.opts<Record<string, unknown>>();
  const value = <T>(name: string) => (given[name] as T | undefined) ?? null;
  const mix = value<readonly LatencyUs[]>("mix");
  const isThreads = given["executor"] === "threads";
  const gpus = value<readonly number[]>("gpus") ?? (isThreads ? DEFAULT_THREADS_GPUS : DEFAULT_GPUS);
  const experiments = value<readonly Experiment[]>("experiments") ?? (isThreads ? THREADS_EXPERIMENTS : EXPERIMENTS);
  assertOneOnOutput(command, { "--json -": given["json"] === "-", "--markdown -": given["markdown"] === "-" });
  if (isThreads) checkThreads(command, gpus, experiments);
  checkUsed(command, experiments);
  return {
    experiments,
    designs: designsAsked(value("designs"), value("drivers")),
    gpus,
    tlbLatencyUs:
      mix === null ? (value<readonly number[]>("tlbLatencyUs") ?? DEFAULT_TLB_LATENCY_US) : [Math.max(...mix.map(typicalUs))],
    mix,
    cpus: given["cpus"] as number,
    executor: given["executor"] as CompareCommandOptions["executor"],
    seed: given["seed"] as number,
    costs: value("costs"),
    jobs: given["jobs"] as number,
    json: value("json"),
    markdown: value("markdown"),
    svg: value("svg"),
    again,
  };
}

/** A mixture stands beside the designs, or beside those that it is made of. */
function designsAsked(designs: readonly string[] | null, mixture: string | null): readonly string[] {
  if (mixture === null) return designs ?? DRIVER_NAMES;
  return [...new Set([...(designs ?? designNamesIn(mixture)), mixture])];
}

/** For tests: what can be given. */
export function compareCommand(): Command {
  return commandNamed("compare.ts", "Measure designs of notifiers against one another, in virtual time or on real threads.")
    .option("--experiments <names>", `ask these questions alone, separated by commas (default: ${ALL})`, experimentsOf)
    .addOption(
      new Option(
        "--designs <names>",
        `some of ${DRIVER_NAMES.join(", ")}, ./mine.ts, separated by commas (default: ${ALL})`,
      ).argParser(designsOf),
    )
    .option(
      MIXTURE_OPTION,
      "one design more: several drivers in one process, GPU i has the i-th, in turns (default designs: these)",
      driverMixture,
    )
    .option(
      "--gpus <n,...>",
      `numbers of GPUs, each larger than the one before, up to ${MAX_GPUS} (default: ${DEFAULT_GPUS.join(",")})`,
      ascending(wholeNumber(1, MAX_GPUS)),
    )
    .option(
      "--tlb-latency-us <n,...>",
      `times of a TLB invalidation in microseconds (default: ${DEFAULT_TLB_LATENCY_US.join(",")})`,
      ascending(number(0, 1e7)),
    )
    .addOption(
      new Option("--mix <latencies>", `GPUs that differ: each takes the next of these, in turns (${LATENCY_FORMS})`)
        .argParser(mixOf)
        .conflicts("tlbLatencyUs"),
    )
    .option(
      "--cpus <n>",
      "CPUs of machines of which an experiment does not say it; interrupts go round them",
      wholeNumber(1, MAX_CPUS),
      1,
    )
    .addOption(
      new Option("--executor <name>", "simulator, or threads: scaling alone, and fewer GPUs")
        .argParser(oneOf(["simulator", "threads"]))
        .default("simulator"),
    )
    .addOption(new Option("--costs <file>", "JSON with costs of the simulator that are to be other than usual"))
    .option("--seed <n>", "seed of all chance", seed, DEFAULT_SEED)
    .option(
      "--jobs <n>",
      "machines simulated at a time; what comes out does not depend on it",
      wholeNumber(1, 256),
      availableParallelism(),
    )
    .option("--json <file>", "write everything that was measured as one JSON object, - for standard output", file)
    .option("--svg <dir>", "write the plots into this folder", folder)
    .option("--markdown <file>", "write a report, with the plots of --svg in it, - for standard output", file)
    .addHelpText("after", EXAMPLES);
}

/** Items separated by commas, none of them empty. */
function listOf<T>(parse: (item: string) => T): (text: string) => T[] {
  return (text) =>
    text.split(",").map((item) => {
      if (item === "") throw new InvalidArgumentError("An item between commas is missing.");
      return parse(item);
    });
}

function ascending(parse: (item: string) => number): (text: string) => number[] {
  const list = listOf(parse);
  return (text) => {
    const values = list(text);
    const wrong = values.findIndex((value, index) => index > 0 && value <= values[index - 1]);
    if (wrong >= 0)
      throw new InvalidArgumentError(
        `Each has to be larger than the one before: ${values[wrong]} comes after ${values[wrong - 1]}.`,
      );
    return values;
  };
}

function experimentsOf(text: string): readonly Experiment[] {
  if (text === ALL) return EXPERIMENTS;
  const names = listOf(
    oneOfWith(
      ALL,
      EXPERIMENTS.map(({ name }) => name),
    ),
  )(text);
  return EXPERIMENTS.filter(({ name }) => names.includes(name));
}

/** In the order in which they were given. */
function designsOf(text: string): readonly string[] {
  if (text === ALL) return DRIVER_NAMES;
  const known = oneOfWith(ALL, DRIVER_NAMES);
  return [...new Set(listOf((name) => (isUserModule(name) ? name : known(name)))(text))];
}

/** The name itself; the message for any other one says which it is. */
function oneOfWith(all: string, names: readonly string[]): (text: string) => string {
  return (text) => {
    if (names.includes(text)) return text;
    throw new InvalidArgumentError(`There is no "${text}". Allowed: ${[all, ...names].join(", ")}.`);
  };
}

function mixOf(text: string): readonly LatencyUs[] {
  return listOf(latency)(text);
}

/** An option that would change nothing is refused: who gives it expects something of it. */
function checkUsed(command: Command, experiments: readonly Experiment[]): void {
  for (const [name, flag, option] of MACHINE_FLAGS) {
    if (command.getOptionValueSource(name) !== "cli" || experiments.some(({ uses }) => uses.includes(option))) continue;
    const users = EXPERIMENTS.filter(({ uses }) => uses.includes(option)).map((experiment) => experiment.name);
    command.error(`error: ${flag}: the experiments asked for have machines of their own. Allowed: with ${users.join(" or ")}.`);
  }
}

/** What cannot be had on threads is refused. */
function checkThreads(command: Command, gpus: readonly number[], experiments: readonly Experiment[]): void {
  const names = THREADS_EXPERIMENTS.map(({ name }) => name).join(", ");
  const other = experiments.find((experiment) => !THREADS_EXPERIMENTS.includes(experiment));
  if (other !== undefined) command.error(`error: --executor threads: ${other.name} needs virtual time. Allowed: ${names}.`);
  if (gpus.at(-1)! > MAX_THREADS_GPUS)
    command.error(
      `error: --executor threads: ${gpus.at(-1)!} GPUs are too many, each is a thread. Allowed: up to ${MAX_THREADS_GPUS}.`,
    );
  if (command.getOptionValueSource("costs") === "cli")
    command.error("error: --executor threads: --costs are those of the simulator");
}
