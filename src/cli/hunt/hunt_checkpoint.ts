import { createHash } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { replaceFile } from "../../executor/explorer/strategy/checkpoint.ts";
import type { HuntState } from "../../hunt/search/hunt_state.ts";
import { plural } from "../../report/numbers.ts";
import { ReportWriteError } from "../../report/write.ts";

/** A file that cannot be gone on from. The message is one line. */
export class CheckpointError extends Error {
  override readonly name = "CheckpointError";

  constructor(file: string, reason: string) {
    super(`${JSON.stringify(file)}: no checkpoint to go on from: ${reason}`);
  }
}

/** First line of the file: what it is, and a hash of the rest, so that half a file is known for one. */
const HEAD = /^shootdown hunt checkpoint 2 ([0-9a-f]{16})\n/;

/** What stands in a checkpoint; null if there is no such file. @throws CheckpointError */
export function readCheckpoint(file: string): HuntState | null {
  const stat = statSync(file, { throwIfNoEntry: false });
  if (stat === undefined) return null;
  if (!stat.isFile()) throw new CheckpointError(file, "it is not a file");
  const text = readFileSync(file, "utf8");
  const head = HEAD.exec(text);
  if (head === null) throw new CheckpointError(file, "it is something else, or of another version");
  const rest = text.slice(head[0].length);
  if (head[1] !== hashOf(rest)) throw new CheckpointError(file, "it is damaged");
  return JSON.parse(rest) as HuntState;
}

/** Keeps the checkpoints of a hunt in a file. */
export class CheckpointFile {
  readonly #file: string;
  readonly #warn: (line: string) => void;
  #error: ReportWriteError | null = null;

  /** @param warn is given a line when a checkpoint cannot be written; that does not end the hunt */
  constructor(file: string, warn: (line: string) => void) {
    this.#file = file;
    this.#warn = warn;
  }

  /** Null, or why the latest checkpoint could not be written. */
  get error(): ReportWriteError | null {
    return this.#error;
  }

  write(state: HuntState): void {
    const text = JSON.stringify(state);
    const before = this.#error;
    try {
      replaceFile(this.#file, `shootdown hunt checkpoint 2 ${hashOf(text)}\n${text}`);
      this.#error = null;
    } catch (cause) {
      this.#error = new ReportWriteError(this.#file, cause, "checkpoint");
      if (before?.code !== this.#error.code) this.#warn(`${this.#error.message}; the hunt goes on`);
    }
  }
}

/** What is said of where a hunt goes on. */
export function resumption({ machines }: HuntState): string {
  const run = machines.reduce((sum, state) => sum + (state?.statistics.schedules ?? 0), 0);
  return `going on from the checkpoint: ${plural(run, "schedule")} run before`;
}

function hashOf(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}
