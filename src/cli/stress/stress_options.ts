import { type Command, Option } from "commander";
import { randomInt } from "node:crypto";
import { DEFAULT_CONFIG, SILENT_GPU, type MachineConfig } from "../../boot/config.ts";
import { FINISH_FORMATS, type FinishOption } from "../../driver/options.ts";
import { DRIVER_NAMES } from "../../driver/catalogue.ts";
import { MAX_CONTEXTS } from "../../device/config.ts";
import { ACCESS_PATTERNS } from "../../scenario/access_pattern.ts";
import { SCENARIO_NAMES } from "../../scenario/catalogue.ts";
import { MAX_CPUS } from "../../scenario/board.ts";
import { parseAndKeep } from "../common/again.ts";
import { assertOneOnOutput, file, finishOption, number, oneOf, oneOfOrFile, seed, wholeNumber } from "../common/arguments.ts";
import { checkFinish, driverMixture, MIXTURE_HELP, MIXTURE_OPTION } from "../common/driver_option.ts";
import { explainOption } from "../common/explain.ts";
import type { Rule } from "../../rules/rule.ts";
import { commandNamed } from "../common/command.ts";

/** Each is a thread. */
const MAX_GPUS = 64;

/** What the stress command was asked for. */
export interface StressOptions {
  readonly config: MachineConfig;
  /** File with a log of `strace -f -e trace=%memory`, replayed instead of the scenario; null: none. */
  readonly workload: string | null;
  /** Whole replays of the workload; Infinity if another limit was given. */
  readonly rounds: number;
  /** Infinity: no limit. */
  readonly seconds: number;
  readonly invalidations: number;
  readonly hungTaskSeconds: number;
  /** Number of a GPU that never answers; null: none. */
  readonly silentGpu: number | null;
  /** Size of the shared memory, in MiB; it decides how many frames there are. */
  readonly memoryMib: number;
  /** File names, `-` for standard output. */
  readonly json: string | null;
  readonly junit: string | null;
  readonly ktap: boolean;
  readonly quiet: boolean;
  /** What to give to have the same again: see commandAgain. */
  readonly again: readonly string[];
  /** A rule to explain, instead of everything else; null: none. */
  readonly explain: Rule | null;
}

const EXAMPLES = `
Examples:
  4 GPUs, two passes, ten seconds
  $ npx tsx scripts/stress.ts
  what one pass costs
  $ npx tsx scripts/stress.ts --driver single-pass --gpus 8
  two drivers in one process
  $ npx tsx scripts/stress.ts --drivers xe-userptr-joined,single-pass
  the OOM reaper for a minute
  $ npx tsx scripts/stress.ts --scenario oom --seconds 60
  your own program
  $ strace -f -e trace=%memory -ttt -o log ./program
  $ npx tsx scripts/stress.ts --workload log --gpus 8

Exit codes: 0 clean, 1 a violation, 2 bad usage or input, 3 hang or deadlock,
4 internal error or output that cannot be written, 6 not checked: the oracles
did not see all, 130 interrupted, with a report of what was run.`;

/** @throws CommanderError for bad usage; its message has been printed */
export function parseStressOptions(argv: readonly string[]): StressOptions {
  const command = stressCommand();
  const again = parseAndKeep(command, argv);
  const given = command.opts<Record<string, unknown>>();
  const isGiven = (name: string) =>
    command.getOptionValueSource(name) !== undefined && command.getOptionValueSource(name) !== "default";
  const workload = (given["workload"] as string | undefined) ?? null;
  const hasLimit = isGiven("seconds") || isGiven("invalidations");
  const gpus = given["gpus"] as number;
  const silentGpu = (given["silentGpu"] as number | undefined) ?? null;
  if (silentGpu !== null && silentGpu >= gpus)
    command.error(`error: --silent-gpu ${silentGpu}: there is no such GPU. Allowed: 0 to ${gpus - 1}.`);
  const driver = (given["drivers"] ?? given["driver"]) as string;
  const finish = given["finish"] as FinishOption;
  if (isGiven("finish")) checkFinish(command, driver, finish);
  assertOneOnOutput(command, {
    "--ktap": given["ktap"] === true,
    "--json -": given["json"] === "-",
    "--junit -": given["junit"] === "-",
  });
  return {
    config: {
      gpus,
      cpus: given["cpus"] as number,
      driver,
      finish,
      scenario: given["scenario"] as string,
      access: given["access"] as MachineConfig["access"],
      tlbLatencyUs: given["tlbLatencyUs"] as number,
      preemptLatencyUs: given["preemptLatencyUs"] as number,
      contexts: given["contexts"] as number,
      ...(given["tlbDomains"] === 2 ? { tlbDomains: 2 } : {}),
      ...(silentGpu === null
        ? {}
        : { profiles: Array.from({ length: gpus }, (_, gpu) => (gpu === silentGpu ? SILENT_GPU : {})) }),
      frames: DEFAULT_CONFIG.frames,
      seed: (given["seed"] as number | undefined) ?? randomInt(2 ** 32),
    },
    workload,
    rounds: workload !== null && !hasLimit ? 1 : Infinity,
    seconds: isGiven("seconds") || (workload === null && !hasLimit) ? (given["seconds"] as number) : Infinity,
    invalidations: (given["invalidations"] as number | undefined) ?? Infinity,
    memoryMib: given["memoryMib"] as number,
    hungTaskSeconds: given["hungTaskSeconds"] as number,
    silentGpu,
    json: (given["json"] as string | undefined) ?? null,
    junit: (given["junit"] as string | undefined) ?? null,
    ktap: given["ktap"] === true,
    quiet: given["quiet"] === true,
    again,
    explain: (given["explain"] as Rule | undefined) ?? null,
  };
}

/** For tests: what can be given. */
export function stressCommand(): Command {
  const { gpus, cpus, driver, scenario, access, tlbLatencyUs, preemptLatencyUs, contexts } = DEFAULT_CONFIG;
  return commandNamed(
    "stress.ts",
    "Let CPUs unmap, protect, move and reclaim memory under GPUs that are using it, on real threads; check every access.",
  )
    .option("--gpus <n>", `GPUs, 1 to ${MAX_GPUS}, each a thread`, wholeNumber(1, MAX_GPUS), gpus)
    .option("--cpus <n>", `CPUs, 1 to ${MAX_CPUS}, each a thread; main is the first`, wholeNumber(1, MAX_CPUS), cpus)
    .option("--driver <name>", `GPU driver: ${DRIVER_NAMES.join(", ")}, or ./mine.ts`, oneOfOrFile(DRIVER_NAMES), driver)
    .addOption(new Option(MIXTURE_OPTION, MIXTURE_HELP).argParser(driverMixture).conflicts("driver"))
    .addOption(
      new Option("--scenario <name>", `what happens to memory: ${SCENARIO_NAMES.join(", ")}, or ./mine.ts`)
        .argParser(oneOfOrFile(SCENARIO_NAMES))
        .default(scenario)
        .conflicts("workload"),
    )
    .option("--workload <file>", "replay a log of strace -f -e trace=%memory, plain or .gz, once or as long as a limit says")
    .option("--seconds <n>", "end after this time", number(0.1, 1e7), 10)
    .option("--invalidations <n>", "end after so many invalidations", wholeNumber(1, 2 ** 31 - 1))
    .option("--tlb-latency-us <n>", "time of a TLB invalidation in the GPU, in microseconds", number(0, 1e7), tlbLatencyUs)
    .option(
      "--preempt-latency-us <n>",
      "time until a GPU context stops for a preemption, in microseconds",
      number(0, 1e7),
      preemptLatencyUs,
    )
    .addOption(
      new Option("--finish <source>", `where finish objects come from: ${FINISH_FORMATS}`)
        .argParser(finishOption)
        .default({ kind: "pool", size: 8 }, "pool:8"),
    )
    .option("--access <pattern>", `what GPUs touch: ${ACCESS_PATTERNS.join(", ")}`, oneOf(ACCESS_PATTERNS), access)
    .option("--contexts <n>", "execution contexts of each GPU", wholeNumber(1, MAX_CONTEXTS), contexts)
    .option("--tlb-domains <n>", "TLBs of each GPU, 1 or 2; its contexts are divided among them", wholeNumber(1, 2), 1)
    .option("--silent-gpu <n>", "a GPU, by number from 0, that never answers a TLB invalidation", wholeNumber(0, MAX_GPUS - 1))
    .option(
      "--memory-mib <n>",
      "size of the shared memory, 16 to 511; decides how many page frames there are",
      wholeNumber(16, 511),
      256,
    )
    .option("--hung-task-seconds <n>", "a task blocked for longer is a hang", number(0.1, 1e6), 10)
    .option("--seed <n>", "seed of all chance; drawn and printed if not given", seed)
    .option("--json <file>", "write the result as one JSON object, - for standard output", file)
    .option("--junit <file>", "write the result as JUnit XML, - for standard output", file)
    .option("--ktap", "print the result as KTAP")
    .option("--quiet", "print nothing but violations and errors")
    .addOption(explainOption())
    .addHelpText("after", EXAMPLES);
}
