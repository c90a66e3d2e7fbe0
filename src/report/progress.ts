import { SingleBar } from "cli-progress";
import { shortCount } from "./numbers.ts";

/** How far a run is. */
export interface Moment {
  readonly elapsedMs: number;
  /** Done, from 0 to 1. */
  readonly fraction: number;
}

/** How far a stress run is. */
export interface ProgressSnapshot extends Moment {
  readonly invalidations: number;
  readonly faults: number;
  readonly faultRetries: number;
  readonly violations: number;
}

export interface Progress<T extends Moment> {
  /** Call as often as you like, several times a second. */
  update(now: T): void;
  /** Leave the terminal as it was; always call it. */
  stop(): void;
}

const LINE_EVERY_MS = 5000;
/** Steps of the bar. */
const TOTAL = 1000;

/** A bar on a terminal, a line every few seconds on anything else. @param figures at most 66 columns */
export function progressOn<T extends Moment>(
  stream: NodeJS.WritableStream & { readonly isTTY?: boolean },
  figures: (now: T) => string,
): Progress<T> {
  return stream.isTTY === true ? new ProgressBar(stream, figures) : new ProgressLines(stream, figures);
}

class ProgressBar<T extends Moment> implements Progress<T> {
  readonly #bar: SingleBar;
  readonly #figures: (now: T) => string;

  constructor(stream: NodeJS.WritableStream, figures: (now: T) => string) {
    this.#figures = figures;
    this.#bar = new SingleBar({ stream, format: "[{bar}]  {figures}", barsize: 10, fps: 8, clearOnComplete: true });
    this.#bar.start(TOTAL, 0, { figures: "" });
  }

  update(now: T): void {
    this.#bar.update(Math.floor(done(now) * TOTAL), { figures: this.#figures(now) });
  }

  stop(): void {
    this.#bar.stop();
  }
}

class ProgressLines<T extends Moment> implements Progress<T> {
  readonly #stream: NodeJS.WritableStream;
  readonly #figures: (now: T) => string;
  #nextMs = LINE_EVERY_MS;

  constructor(stream: NodeJS.WritableStream, figures: (now: T) => string) {
    this.#stream = stream;
    this.#figures = figures;
  }

  update(now: T): void {
    if (now.elapsedMs < this.#nextMs) return;
    this.#nextMs = now.elapsedMs + LINE_EVERY_MS;
    const elapsed = `${shortCount(Math.round(now.elapsedMs / 1000))}s`.padStart(5);
    const percent = `${Math.floor(done(now) * 100)}%`.padStart(4);
    this.#stream.write(`${elapsed} ${percent}  ${this.#figures(now)}\n`);
  }

  stop(): void {
    // nothing of it stays on the screen that would have to be taken away
  }
}

/** What a stress run has done so far. */
export function stressFigures({ invalidations, faults, faultRetries, violations }: ProgressSnapshot): string {
  const inv = shortCount(invalidations);
  return (
    `invalidations ${inv}  faults ${shortCount(faults)}  retries ${shortCount(faultRetries)}  violations ` +
    `${shortCount(violations)}`
  );
}

function done({ fraction }: Moment): number {
  return fraction > 0 ? Math.min(fraction, 1) : 0;
}
