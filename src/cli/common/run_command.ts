import { CommanderError } from "commander";
import { inspect } from "node:util";
import { BundleWriteError } from "../../bundle/bundle.ts";
import { clean, fitReportsTo } from "../../report/text.ts";
import { EXIT_CLEAN, EXIT_INTERNAL, EXIT_USAGE } from "./exit_codes.ts";
import { guardOutput, isOutputRead } from "./output.ts";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Class of errors whose message, one line, is all that a user has to know. */
type BadInput = abstract new (...args: never[]) => Error;

/** Run a command as all of them are run: whatever happens, there is an exit code, and a stack only for what nobody expected. */
export async function runCommand(badInput: readonly BadInput[], body: () => number | Promise<number>): Promise<number> {
  guardOutput();
  fitReportsTo(process.stdout);
  const exitCode = await exitCodeOf(badInput, body);
  if (!(await isOutputRead())) process.exit(EXIT_INTERNAL); // what is left to print would hold the process
  return exitCode;
}

async function exitCodeOf(badInput: readonly BadInput[], body: () => number | Promise<number>): Promise<number> {
  try {
    return await body();
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT_CLEAN : EXIT_USAGE; // it has been printed
    if (error instanceof Error && badInput.some((kind) => error instanceof kind)) {
      process.stderr.write(`${clean(error.message)}\n`);
      return EXIT_USAGE;
    }
    const isTold = error instanceof BundleWriteError; // where in our code it was noticed says nothing
    process.stderr.write(isTold ? `${clean(error.message)}\n` : `internal error: ${inspect(error)}\n`);
    return EXIT_INTERNAL;
  }
}

/**
 * Do what Ctrl-C, SIGTERM and a terminal that is closed (SIGHUP) end early, and report on it: until the report is written, they
 * only abort the signal, however often they come.
 */
export async function interruptible<T>(body: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const abort = new AbortController();
  const interrupt = () => abort.abort();
  for (const signal of SIGNALS) process.on(signal, interrupt);
  try {
    return await body(abort.signal);
  } finally {
    for (const signal of SIGNALS) process.off(signal, interrupt);
  }
}
