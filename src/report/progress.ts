import { SingleBar } from "cli-progress";
import { shortCount } from "./numbers.ts";

/** How far a run is. */
export interface ProgressSnapshot {
  readonly elapsedMs: number;
  /** Done, from 0 to 1. */
  readonly fraction: number;
  readonly invalidations: number;
  readonly faults: number;
  readonly faultRetries: number;
  readonly violations: number;
}

export interface Progress {
  /** Call as often as you like, several times a second. */
  update(snapshot: ProgressSnapshot): void;
  /** Leave the terminal as it was; always call it. */
  stop(): void;
}

const LINE_EVERY_MS = 5000;
/** Steps of the bar. */
const TOTAL = 1000;

/** A bar on a terminal, a line every few seconds on anything else. */
export function progressOn(stream: NodeJS.WritableStream & { readonly isTTY?: boolean }): Progress {
  return stream.isTTY === true ? new ProgressBar(stream) : new ProgressLines(stream);
}

class ProgressBar implements Progress {
  readonly #bar: SingleBar;

  constructor(stream: NodeJS.WritableStream) {
    this.#bar = new SingleBar({ stream, format: "[{bar}]  {figures}", barsize: 10, fps: 8, clearOnComplete: true });
    this.#bar.start(TOTAL, 0, { figures: "" });
  }

  update(snapshot: ProgressSnapshot): void {
    this.#bar.update(Math.floor(done(snapshot) * TOTAL), { figures: figures(snapshot) });
  }

  stop(): void {
    this.#bar.stop();
  }
}

class ProgressLines implements Progress {
  readonly #stream: NodeJS.WritableStream;
  #nextMs = LINE_EVERY_MS;

  constructor(stream: NodeJS.WritableStream) {
    this.#stream = stream;
  }

  update(snapshot: ProgressSnapshot): void {
    if (snapshot.elapsedMs < this.#nextMs) return;
    this.#nextMs = snapshot.elapsedMs + LINE_EVERY_MS;
    const elapsed = `${shortCount(Math.round(snapshot.elapsedMs / 1000))}s`.padStart(5);
    const percent = `${Math.floor(done(snapshot) * 100)}%`.padStart(4);
    this.#stream.write(`${elapsed} ${percent}  ${figures(snapshot)}\n`);
  }

  stop(): void {
    // nothing of it stays on the screen that would have to be taken away
  }
}

/** At most 66 columns. */
function figures({ invalidations, faults, faultRetries, violations }: ProgressSnapshot): string {
  const inv = shortCount(invalidations);
  return `invalidations ${inv}  faults ${shortCount(faults)}  retries ${shortCount(faultRetries)}  violations ${shortCount(violations)}`;
}

function done({ fraction }: ProgressSnapshot): number {
  return fraction > 0 ? Math.min(fraction, 1) : 0;
}
