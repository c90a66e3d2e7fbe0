import { existsSync, readFileSync } from "node:fs";
import { loadNamed, UserModuleError } from "../bundle/user_module.ts";
import { BUGS } from "../bugs/catalogue.ts";
import { parseToken, TokenError, type TokenContent } from "../executor/explorer/replay/token.ts";
import { explorerBundle } from "../bundle/explorer_bundle.ts";
import type { Replayed } from "../hunt/explain/replay_token.ts";
import { readTokenConfig } from "../hunt/explain/token_config.ts";
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

Exit codes: 0 it does not fail any more, 1 it fails, 2 bad token, 3 it ends in a
deadlock, livelock or lost wake-up, 4 internal error or output that cannot be
written, 5 the replay diverged: some decision could not be taken again, 130
interrupted.`;

/** `scripts/replay.ts`: one failure again. Returns the exit code. */
export function replayMain(argv: readonly string[]): Promise<number> {
  return runCommand([TokenError, UserModuleError, RangeError], async () => {
    const { token, trace } = parseArguments(argv);
    return interruptible(async (signal) => {
      const done = await replay(parseToken(tokenIn(token)), trace !== null, signal);
      if (done === null) {
        process.stderr.write("interrupted: whether it still fails is not known\n");
        return EXIT_INTERRUPTED;
      }
      const exitCode = report(done.replayed);
      return trace === null || writeTrace(trace, done.traced) ? exitCode : EXIT_INTERNAL;
    });
  });
}

interface ReplayArguments {
  /** Or a file with one. */
  readonly token: string;
  /** Where events go; null: nowhere. */
  readonly trace: string | null;
}

function parseArguments(argv: readonly string[]): ReplayArguments {
  const command = commandNamed("replay.ts", "Let a failure that a hunt found happen again.")
    .argument("<token|file>", "a token (sd1:...), or a file with one in it")
    .option("--trace <file>", "write all events as JSON lines", pathOfFile)
    .addHelpText("after", EXAMPLES)
    .parse([...argv]);
  return { token: command.args[0], trace: command.opts<{ trace?: string }>().trace ?? null };
}

/** @throws TokenError */
function tokenIn(text: string): string {
  if (/^sd\d+:/.test(text)) return text;
  if (!existsSync(text)) throw new TokenError(`${shorten(text, 40)}: no such file, and no token: those begin with sd1:`);
  const joined = readFileSync(text, "utf8").replaceAll(/\\\n\s*/g, ""); // as a shell joins the lines of a report's command
  const token = /sd\d+:[\w-]+/.exec(joined)?.[0];
  if (token === undefined) throw new TokenError(`${text}: there is no token in it`);
  return token;
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
async function replay(content: TokenContent, isTraced: boolean, signal: AbortSignal): Promise<ReplayedAndTraced | null> {
  const { machine, bug: name } = readTokenConfig(content.config);
  const bug = BUGS.find((candidate) => candidate.name === name) ?? null;
  if (name !== null && bug === null)
    throw new TokenError(`the token is about the seeded bug ${name}, and there is none of that name`);
  const modules = [await loadNamed("driver", machine.driver), await loadNamed("play", machine.play)];
  const workers = new Workers(await explorerBundle(bug, modules), 1);
  const run = async () => ({
    replayed: await workers.run<Replayed>(0, "replayToken", content),
    traced: isTraced ? await workers.run<string>(0, "traceToken", content) : "",
  });
  const interrupted = new Promise<null>((resolve) => {
    signal.addEventListener("abort", () => resolve(null));
  });
  try {
    const running = run();
    running.catch(() => undefined); // it fails when the workers are closed under it
    return signal.aborted ? null : await Promise.race([running, interrupted]);
  } finally {
    await workers.close();
  }
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
