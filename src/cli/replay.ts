import { existsSync, readFileSync } from "node:fs";
import { isUserModule, loadUserModule, UserModuleError } from "../bundle/user_module.ts";
import { BUGS } from "../bugs/catalogue.ts";
import { parseToken, TokenError, type TokenContent } from "../executor/explorer/replay/token.ts";
import { explorerBundle } from "../bundle/explorer_bundle.ts";
import type { Replayed } from "../hunt/explain/replay_token.ts";
import { readTokenConfig, withModules } from "../hunt/explain/token_config.ts";
import { DRIVER_NAMES, designNamesIn } from "../driver/catalogue.ts";
import { PLAY_NAMES } from "../scenario/play/catalogue.ts";
import { Workers } from "../hunt/search/workers.ts";
import { paintFor } from "../report/paint.ts";
import { renderReplay } from "../report/replay_block.ts";
import { shorten } from "../report/text.ts";
import { ReportWriteError, writeWhole } from "../report/write.ts";
import { pathOfFile } from "./common/arguments.ts";
import { EXIT_CLEAN, EXIT_DIVERGED, EXIT_INTERNAL, EXIT_INTERRUPTED, exitCodeOfKind } from "./common/exit_codes.ts";
import { interruptible, runCommand } from "./common/run_command.ts";
import { commandNamed } from "./common/command.ts";

const EXAMPLES = `
Prints the report of the failure as the hunt did. After an edit of the sources,
decisions find their places again by what the tasks are about to do; how many
had to be moved is said on standard error.

Examples:
  the token of a report
  $ npx tsx scripts/replay.ts sd1:...
  a file that hunt.ts --save wrote, or any with a token in it
  $ npx tsx scripts/replay.ts test/corpus/flush-skipped.json
  all its events, one a line, as JSON (the first line says what they are)
  $ npx tsx scripts/replay.ts --trace events.jsonl sd1:...
  one of your own design: a token never says what code to run, you do
  $ npx tsx scripts/replay.ts --driver ./mine.ts sd1:...

Exit codes: 0 it does not fail any more, 1 it fails, 2 bad token, 3 it ends in a
deadlock, livelock or lost wake-up, 4 internal error or output that cannot be
written, 5 the replay diverged: some decision could not be taken again, 130
interrupted.`;

/** `scripts/replay.ts`: one failure again. Returns the exit code. */
export function replayMain(argv: readonly string[]): Promise<number> {
  return runCommand([TokenError, UserModuleError, RangeError], async () => {
    const { token, trace, modules } = parseArguments(argv);
    return interruptible(async (signal) => {
      const done = await replay(parseToken(tokenIn(token)), modules, trace !== null, signal);
      if (done === null) {
        process.stderr.write("interrupted: whether it still fails is not known\n");
        return EXIT_INTERRUPTED;
      }
      const exitCode = report(done.replayed);
      return trace === null || writeTrace(trace, done.traced) ? exitCode : EXIT_INTERNAL;
    });
  });
}

/** The user's own, by what they are; undefined: none was named. */
interface Modules {
  readonly driver: string | undefined;
  readonly play: string | undefined;
}

interface ReplayArguments {
  /** Or a file with one. */
  readonly token: string;
  /** Where events go; null: nowhere. */
  readonly trace: string | null;
  readonly modules: Modules;
}

function parseArguments(argv: readonly string[]): ReplayArguments {
  const command = commandNamed("replay.ts", "Let a failure that a hunt found happen again.")
    .argument("<token|file>", "a token (sd1:...), or a file with one in it")
    .option("--trace <file>", "write all events as JSON lines", pathOfFile)
    .option("--driver <file>", "the token's driver, if that is a module of yours", pathOfFile)
    .option("--scenario <file>", "the token's scenario, if that is a module of yours", pathOfFile)
    .addHelpText("after", EXAMPLES)
    .parse([...argv]);
  const { trace = null, driver, scenario } = command.opts<{ trace?: string; driver?: string; scenario?: string }>();
  return { token: command.args[0], trace, modules: { driver, play: scenario } };
}

/** @throws TokenError */
function tokenIn(text: string): string {
  if (/^\s*sd\d+:/.test(text)) return unfolded(text);
  const content = contentOf(text);
  const at = content.search(/sd\d+:/);
  if (at < 0) throw new TokenError(`${text}: there is no token in it`);
  return unfolded(content.slice(at));
}

/** @throws TokenError */
function contentOf(file: string): string {
  if (!existsSync(file)) throw new TokenError(`${shorten(file, 40)}: no such file, and no token: those begin with sd1:`);
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new TokenError(
      code === "EISDIR"
        ? `${file}: a folder. Allowed: a token, or a file with one in it.`
        : `${file}: cannot be read (${code ?? String(error)})`,
    );
  }
}

/** Lines on which a token may go on, whoever folded it: a report for a shell, a mailer, an editor. */
const MOST_LINES = 10_000;

/** The token that a text begins with: its checksum tells where it ends. */
function unfolded(text: string): string {
  let token = "";
  for (const line of text.split(/\r?\n/, MOST_LINES)) {
    const [, piece, rest] = /^[>\s]*([\w:-]*)(.*)$/u.exec(line)!;
    if (token !== "" && piece === "") break;
    token += piece;
    if (isWhole(token) || !/^\s*[\\=]?\s*$/u.test(rest)) break;
  }
  return token;
}

function isWhole(token: string): boolean {
  try {
    parseToken(token);
    return true;
  } catch {
    return false;
  }
}

interface ReplayedAndTraced {
  readonly replayed: Replayed;
  /** Its events as JSON lines; empty if nobody asked. */
  readonly traced: string;
}

/**
 * With the bug in the sources that the failure was found with. Null if it was interrupted.
 *
 * @throws TokenError, UserModuleError
 */
async function replay(
  token: TokenContent,
  named: Modules,
  isTraced: boolean,
  signal: AbortSignal,
): Promise<ReplayedAndTraced | null> {
  const { machine, bug: name } = readTokenConfig(token.config);
  const bug = BUGS.find((candidate) => candidate.name === name) ?? null;
  if (name !== null && bug === null)
    throw new TokenError(`the token is about the seeded bug ${name}, and there is none of that name`);
  const driver = await resolve("driver", machine.driver, named.driver);
  const play = await resolve("play", machine.play, named.play);
  const content = { ...token, config: withModules(token.config, { driver, play }) };
  const workers = new Workers(await explorerBundle(bug, [driver, play]), 1);
  const run = async () => ({
    replayed: await workers.run<Replayed>(0, "replayToken", content),
    traced: isTraced ? await workers.run<string>(0, "traceToken", content) : "",
  });
  const interrupted = new Promise<null>((resolveNull) => {
    signal.addEventListener("abort", () => resolveNull(null));
  });
  try {
    const running = run();
    running.catch(() => undefined); // it fails when the workers are closed under it
    return signal.aborted ? null : await Promise.race([running, interrupted]);
  } finally {
    await workers.close();
  }
}

const OPTIONS = { driver: "--driver", play: "--scenario" };

/**
 * What a token names, ready to be used. Of a token, which may come from anybody, no code is loaded: the command line says which.
 *
 * @throws TokenError, UserModuleError
 */
async function resolve(kind: keyof Modules, name: string, module: string | undefined): Promise<string> {
  const shown = shorten(name, 40);
  if (isUserModule(name)) {
    if (module !== undefined) return await loadUserModule(kind, module);
    throw new TokenError(`the token is about a module, ${shown}, which is only run if you name it: ${OPTIONS[kind]} FILE`);
  }
  if (module !== undefined) throw new TokenError(`${OPTIONS[kind]} ${module}: the token is about ${shown}, which is no module`);
  const isKnown =
    kind === "driver" ? designNamesIn(name).every((design) => DRIVER_NAMES.includes(design)) : PLAY_NAMES.includes(name);
  if (!isKnown)
    throw new TokenError(`the token is about ${shown}, and there is no ${kind === "driver" ? kind : "scenario"} of that name`);
  return name;
}

function report(replayed: Replayed): number {
  const { divergence, finding, resynchronised, decisions } = replayed;
  if (resynchronised > 0) process.stderr.write(`re-synchronised ${resynchronised} of ${decisions} decisions\n`);
  if (finding !== null && divergence !== null)
    process.stderr.write(`diverged at step ${divergence.step}, and fails all the same\n`);
  process.stdout.write(renderReplay(replayed, paintFor(process.stdout)));
  if (finding !== null) return exitCodeOfKind(finding.failure.kind);
  return divergence === null ? EXIT_CLEAN : EXIT_DIVERGED;
}

/** False, and a line on standard error, if that cannot be. */
function writeTrace(file: string, traced: string): boolean {
  try {
    writeWhole(file, traced);
    return true;
  } catch (cause) {
    process.stderr.write(`${new ReportWriteError(file, cause, "trace").message}\n`);
    return false;
  }
}
