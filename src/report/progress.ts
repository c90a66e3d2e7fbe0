import { SingleBar } from "cli-progress";
import { shortCount } from "./numbers.ts";
import { columns } from "./text.ts";

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
/** Of a stream that does not tell. */
const USUAL_COLUMNS = 80;
/** Columns of the bar with the blanks behind it, and how wide a terminal is that has one. */
const BAR_COLUMNS = 14;
const BAR_FROM_COLUMNS = 60;
/** Columns in front of the figures of a line. */
const TIME_COLUMNS = 12;

/** What is told of a moment, the most important first: where there is no room for all, the last are left out. */
export type Figures<T extends Moment> = (now: T) => readonly string[];

interface Screen extends NodeJS.WritableStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** A bar on a terminal, a line every few seconds on anything else, TERM=dumb included. */
export function progressOn<T extends Moment>(
  stream: Screen,
  figures: Figures<T>,
  term: string | undefined = process.env["TERM"],
): Progress<T> {
  return stream.isTTY === true && term !== "dumb" ? new ProgressBar(stream, figures) : new ProgressLines(stream, figures);
}

/** The first of the figures always, of the others as many as fit. */
function fitting(figures: readonly string[], width: number): string {
  let line = figures[0];
  for (const figure of figures.slice(1)) {
    if (columns(line) + 2 + columns(figure) > width) break;
    line += `  ${figure}`;
  }
  return line;
}

class ProgressBar<T extends Moment> implements Progress<T> {
  readonly #bar: SingleBar;
  readonly #figures: Figures<T>;
  /** Columns that the figures may take. */
  readonly #room: number;

  constructor(stream: Screen, figures: Figures<T>) {
    this.#figures = figures;
    const width = (stream.columns ?? USUAL_COLUMNS) - 1;
    const hasBar = width >= BAR_FROM_COLUMNS;
    this.#room = hasBar ? width - BAR_COLUMNS : width;
    const format = hasBar ? "[{bar}]  {figures}" : "{figures}";
    this.#bar = new SingleBar({ stream, format, barsize: 10, fps: 8, clearOnComplete: true });
    this.#bar.start(TOTAL, 0, { figures: "" });
  }

  update(now: T): void {
    this.#bar.update(Math.floor(done(now) * TOTAL), { figures: fitting(this.#figures(now), this.#room) });
  }

  stop(): void {
    this.#bar.stop();
  }
}

class ProgressLines<T extends Moment> implements Progress<T> {
  readonly #stream: NodeJS.WritableStream;
  readonly #figures: Figures<T>;
  #nextMs = LINE_EVERY_MS;

  constructor(stream: NodeJS.WritableStream, figures: Figures<T>) {
    this.#stream = stream;
    this.#figures = figures;
  }

  update(now: T): void {
    if (now.elapsedMs < this.#nextMs) return;
    this.#nextMs = now.elapsedMs + LINE_EVERY_MS;
    const elapsed = `${shortCount(Math.round(now.elapsedMs / 1000))}s`.padStart(5);
    const percent = `${Math.floor(done(now) * 100)}%`.padStart(4);
    this.#stream.write(`${elapsed} ${percent}  ${fitting(this.#figures(now), USUAL_COLUMNS - TIME_COLUMNS)}\n`);
  }

  stop(): void {
    // nothing of it stays on the screen that would have to be taken away
  }
}

/** What a stress run has done so far. */
export function stressFigures({ invalidations, faults, faultRetries, violations }: ProgressSnapshot): string[] {
  return [
    `violations ${shortCount(violations)}`,
    `invalidations ${shortCount(invalidations)}`,
    `faults ${shortCount(faults)}`,
    `retries ${shortCount(faultRetries)}`,
  ];
}

function done({ fraction }: Moment): number {
  return fraction > 0 ? Math.min(fraction, 1) : 0;
}
